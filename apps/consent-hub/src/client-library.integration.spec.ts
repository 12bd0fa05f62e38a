import { ConsentHub } from '@consent-hub/client';
import type { Permission } from '@consent-hub/platform';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService, type NewApiClient } from './api-client/api-client.service.js';
import { createLimitedHub } from '../testing/limited-hub.harness.js';

let database: TestDatabase;
let clients: ApiClientService;
let hub: NestFastifyApplication;
let url: string;
/** The clock of the hub's request limits: it moves on when a caller returns after its Retry-After. */
let now = 0;
let toldToWaitMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  clients = new ApiClientService(await database.open(API_CLIENT_ENTITIES));
  hub = await createLimitedHub(database.url, 0, () => now);
  await hub.listen(0, '127.0.0.1');
  url = await hub.getUrl();
}, 30_000);
afterAll(async () => {
  await hub.close();
  await database.drop();
});

/** A program with a key of its own, and the status of each answer that it got. */
async function given(name: string, permissions: Permission[], more: Partial<NewApiClient> = {}) {
  const { key } = await clients.create({ name, permissions, ...more });
  const statuses: number[] = [];
  const library = new ConsentHub({
    url,
    apiKey: key.reveal(),
    fetch: async (input, init) => {
      now += toldToWaitMs;
      const answer = await fetch(input, init);
      toldToWaitMs = answer.status === 429 ? Number(answer.headers.get('retry-after')) * 1000 : 0;
      statuses.push(answer.status);
      return answer;
    },
  });
  return { library, statuses };
}

const person = (psuRef: string) => ({ brand: 'belfius', psuRef, scope: 'AIS' }) as const;

/** The PSU followed the link and came back. */
async function givenLive(platform: ConsentHub, psuRef: string): Promise<string> {
  const { id, consent_uris } = await platform.openConsent({
    scope: 'AIS',
    brand: 'belfius',
    psu_ref: psuRef,
    language: 'fr',
  });
  const state = new URL(consent_uris?.[0]?.uri ?? '').searchParams.get('state') ?? '';
  const query = new URLSearchParams({ code: `code-of-${psuRef}`, state });
  expect((await fetch(`${url}/callback/belfius?${query.toString()}`)).status).toBe(200);
  return id;
}

describe('the client library, at a hub', () => {
  jest.setTimeout(30_000);

  it('opens a consent once, however often it is called with the same key', async () => {
    const { library } = await given('opener', ['consents:read', 'consents:write']);
    const wish = { scope: 'CAF', brand: 'belfius', psu_ref: 'p-1', iban: 'BE83063154780915' } as const;
    const [one, other] = [
      await library.openConsent(wish, { idempotencyKey: 'order-1' }),
      await library.openConsent(wish, { idempotencyKey: 'order-1' }),
    ];
    expect(other).toEqual(one);
    expect(await library.consent(one.id)).toMatchObject({ id: one.id, state: 'initiated', psu_ref: 'p-1' });
    await expect(
      library.openConsent({ ...wish, psu_ref: 'p-2' }, { idempotencyKey: 'order-1' }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('searches consents page by page, and counts them', async () => {
    const { library } = await given('searcher', ['consents:read', 'consents:write']);
    const ids: string[] = [];
    for (const psu_ref of ['s-1', 's-2'])
      ids.push((await library.openConsent({ scope: 'AIS', brand: 'banx', psu_ref })).id);
    const search = { state: ['initiated', 'active'], created_from: '2026-01-01', limit: 1 } as const;
    const first = await library.searchConsents({ ...search, count: true });
    expect(first).toMatchObject({ items: [{ id: ids[1], attention: [] }], total: 2, total_is_exact: true });
    const second = await library.searchConsents({ ...search, cursor: first.next_cursor ?? '' });
    expect(second).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null });
    expect((await library.searchConsents({ order: 'ended_at' })).items).toEqual([]);
    expect((await library.searchConsents()).items).toHaveLength(2);
  });

  it('asks for a token once, and replaces it once when the bank refuses it', async () => {
    const platform = await given('platform', ['consents:read', 'consents:write']);
    const service = await given('service', ['tokens:read'], { tokenScopes: ['AIS'] });
    const id = await givenLive(platform.library, 'p-3');
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => service.library.accessToken(person('p-3'))),
    );
    expect(new Set(tokens.map(({ consent_id, generation }) => `${consent_id} ${generation}`))).toEqual(
      new Set([`${id} 1`]),
    );
    expect(service.statuses).toEqual([200]);

    const used: number[] = [];
    const callBank = () =>
      service.library.withAccessToken(person('p-3'), ({ generation }) => {
        used.push(generation);
        return Promise.resolve(new Response(null, { status: generation === 1 ? 401 : 200 }));
      });
    const answers = await Promise.all(Array.from({ length: 10 }, callBank));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await platform.library.consent(id)).generation).toBe(2);
    expect(service.statuses).toEqual([200, 200]);
    expect((await callBank()).status).toBe(200);
    expect(used.filter((generation) => generation === 1)).toHaveLength(10);
  });

  it('prepares a later authentication of the PSU', async () => {
    const platform = await given('sca-platform', ['consents:read', 'consents:write']);
    const service = await given('sca-service', ['tokens:read'], { tokenScopes: ['AIS'] });
    const id = await givenLive(platform.library, 'p-7');
    const prepared = await service.library.prepareScaAuthorization(id);
    expect(Object.keys(prepared).sort()).toEqual(['expires_at', 'redirect_uri', 'state']);
    expect(prepared.redirect_uri).toMatch(/\/callback\/belfius$/);
    expect(Date.parse(prepared.expires_at)).toBeGreaterThan(Date.now());
    await platform.library.revokeConsent(id);
    await expect(service.library.prepareScaAuthorization(id)).rejects.toMatchObject({
      code: 'consent_not_live',
      problem: { state: 'revoked' },
    });
  });

  it('comes back when it called more often than it may', async () => {
    const { library, statuses } = await given('eager', ['consents:read', 'consents:write'], { rateLimit: 1 });
    const wish = { scope: 'AIS', brand: 'banx', psu_ref: 'p-4' } as const;
    const { id } = await library.openConsent(wish);
    expect(await library.consent(id)).toMatchObject({ id });
    expect(statuses).toEqual([201, 429, 200]);
    await expect(library.openConsent({ ...wish, psu_ref: 'p-5' })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 1,
    });
  });

  it('says by code what it was refused', async () => {
    const platform = await given('other-platform', ['consents:read', 'consents:write']);
    const payments = await given('payments', ['tokens:read'], { tokenScopes: ['PIS'] });
    const id = await givenLive(platform.library, 'p-6');
    const codeOf = (call: Promise<unknown>) =>
      call.catch((error: unknown) => (error as { code: string }).code);
    expect(await codeOf(payments.library.accessToken(person('p-6')))).toBe('scope_not_granted');
    expect(await codeOf(payments.library.accessToken({ consentId: id }))).toBe('consent_not_found');
    expect(await codeOf(payments.library.consent(id))).toBe('permission_missing');
    expect(await codeOf(platform.library.scaToken(id))).toBe('permission_missing');
    expect((await platform.library.revokeConsent(id)).state).toBe('revoked');
    expect((await platform.library.revokeConsent(id)).state).toBe('revoked');
    await clients.revoke('payments');
    expect(await codeOf(payments.library.accessToken(person('p-6')))).toBe('api_key_revoked');
  });
});
