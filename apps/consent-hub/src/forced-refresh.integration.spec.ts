import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, GivenConsents, hubEnvironment, ScriptedBank } from '@consent-hub/testing';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { TestDatabase } from '@consent-hub/testing';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(30_000);

const bank = new ScriptedBank();
let database: TestDatabase;
let given: GivenConsents;
let hub: NestFastifyApplication;
let key: string;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = hubEnvironment(database.url, { HUB_LOG_LEVEL: 'silent' });
  // As an operator has it who sets nothing.
  delete environment['REFRESH_MIN_INTERVAL_SECONDS'];
  hub = await createHub(environment, { bankClient: bank });
  const dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  const created = await hub.get(ApiClientService).create({
    name: 'platform',
    permissions: ['admin', 'consents:read', 'consents:write', 'tokens:read'],
    tokenScopes: ['AIS'],
  });
  key = created.key.reveal();
});
afterAll(async () => {
  await hub.close();
  await database.drop();
});
beforeEach(async () => {
  const opened = await call('POST', '/v1/consents', {
    ...{ scope: 'AIS', brand: 'belfius', psu_ref: crypto.randomUUID(), language: 'fr' },
  });
  const { id: consent, consent_uris } = opened.json<{ id: string; consent_uris: { uri: string }[] }>();
  id = consent;
  const state = new URL(consent_uris[0]?.uri ?? '').searchParams.get('state');
  await call('GET', `/callback/belfius?code=${crypto.randomUUID()}&state=${state}`);
});

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  hub.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(payload && { payload }) });
const refresh = () => call('POST', `/v1/consents/${id}/refresh`);
const reject = (generation: number) =>
  call('POST', `/v1/consents/${id}/access-token/rejections`, { generation });
const generation = async () => (await given.consents.find(id))?.tokenPair?.generation;

describe('refreshing a consent on request', () => {
  it('is answered 429 with Retry-After when asked for again at once, by /refresh and by /rejections', async () => {
    expect((await refresh()).json()).toMatchObject({ generation: 2 });
    for (const answer of [await refresh(), await reject(2)]) {
      expect(answer.statusCode).toBe(429);
      expect(answer.json()).toMatchObject({ code: 'refresh_too_soon', status: 429 });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(25);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(30);
    }
    expect(await generation()).toBe(2);
  });

  it('counts a rejection as one, and answers a rejection of an older token with the current one', async () => {
    expect((await reject(1)).json()).toMatchObject({ generation: 2 });
    expect((await reject(1)).json()).toMatchObject({ generation: 2 });
    expect((await refresh()).statusCode).toBe(429);
  });

  it('is not done by reading with more validity than a pair of a moment ago can have', async () => {
    const read = (seconds: number) =>
      call('GET', `/v1/consents/${id}/access-token?min_validity_seconds=${seconds}`);
    const asked = bank.requests.length;
    for (let reads = 0; reads < 5; reads++) expect((await read(3600)).statusCode).toBe(200);
    expect(bank.requests.length).toBe(asked + 1);
    expect(await generation()).toBe(2);
  });
});
