import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Caller, Permission } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ApiClientService } from './api-client/api-client.service.js';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(60_000);
let database: TestDatabase;
let dataSource: DataSource;
let app: NestFastifyApplication;
let clients: ApiClientService;
let given: GivenConsents;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open([...CONSENT_ENTITIES, ...API_CLIENT_ENTITIES]);
  clients = new ApiClientService(dataSource);
  given = new GivenConsents(dataSource);
  app = await createHub(hubEnvironment(database.url), {
    bankClient: new ScriptedBank(),
    logDestination: { write: () => undefined },
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

interface Client {
  readonly caller: Caller;
  get(query: string): Promise<{ status: number; body: Record<string, unknown> }>;
}

async function client(name: string, ...permissions: Permission[]): Promise<Client> {
  const { key } = await clients.create({ name, permissions });
  const caller = await clients.findByKey(key);
  if (!caller) throw new Error('the key of a new client is unknown');
  return {
    caller,
    get: async (query) => {
      const answer = await app.inject({
        method: 'GET',
        url: `/v1/consents${query}`,
        headers: { authorization: `Bearer ${key.reveal()}` },
      });
      return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
    },
  };
}

describe('GET /v1/consents', () => {
  let platform: Client;
  let other: Client;
  let admin: Client;
  let mine: string[];
  let foreign: string;
  beforeAll(async () => {
    platform = await client('platform', 'consents:read');
    other = await client('other', 'consents:read', 'consents:write');
    admin = await client('admin', 'consents:read', 'admin');
    mine = [];
    for (const psuRef of ['a', 'b', 'c']) mine.unshift(await given.live(platform.caller, { psuRef }));
    foreign = await given.live(other.caller, { psuRef: 'a b+c', scope: 'PIS' });
  });
  const ids = ({ body }: Awaited<ReturnType<Client['get']>>): unknown[] =>
    (body['items'] as { id: string }[]).map(({ id }) => id);

  it('shows a client what it opened, newest first, and no token', async () => {
    const answer = await platform.get('');
    expect(answer).toMatchObject({ status: 200, body: { next_cursor: null } });
    expect(ids(answer)).toEqual(mine);
    expect(answer.body['items']).toMatchObject([
      { psu_ref: 'c', state: 'active', generation: 1, attention: [] },
      {},
      {},
    ]);
    expect(JSON.stringify(answer.body)).not.toMatch(/access-|refresh-|verifier/);
  });

  it('shows an admin all, and a client nothing of others however it asks', async () => {
    expect(ids(await admin.get(''))).toEqual([foreign, ...mine]);
    expect(ids(await admin.get('?psu_ref=a%20b%2Bc&scope=PIS'))).toEqual([foreign]);
    expect(ids(await platform.get('?psu_ref=a%20b%2Bc&scope=PIS'))).toEqual([]);
    expect(ids(await platform.get('?scope=PIS'))).toEqual([]);
  });

  it('leads from page to page with the filters of the first', async () => {
    const query = '?state=active&state=refreshed&limit=2';
    const first = await platform.get(query);
    expect(ids(first)).toEqual(mine.slice(0, 2));
    const cursor = String(first.body['next_cursor']);
    const last = await platform.get(`?state=refreshed&limit=200&cursor=${cursor}&state=active`);
    expect(ids(last)).toEqual(mine.slice(2));
    expect(last.body['next_cursor']).toBeNull();
  });

  it('refuses a cursor that belongs to other filters or to another client', async () => {
    const cursor = String((await platform.get('?limit=1')).body['next_cursor']);
    for (const query of [`?limit=1&scope=AIS&cursor=${cursor}`, `?needs_attention=false&cursor=${cursor}`])
      expect(await platform.get(query)).toMatchObject({
        status: 400,
        body: { code: 'cursor_of_another_search' },
      });
    expect(await other.get(`?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'cursor_of_another_search' },
    });
    expect(await admin.get(`?cursor=${cursor}`)).toMatchObject({ status: 400 });
    const forged = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    expect(await platform.get(`?limit=1&cursor=${forged}`)).toMatchObject({ status: 400 });
    expect(await platform.get('?cursor=made-up')).toMatchObject({
      status: 400,
      body: { code: 'cursor_invalid' },
    });
  });

  it('shows an admin what failed last night in one call, the latest first, replaced ones included, and how many', async () => {
    const night = `ended_from=${new Date(Date.now() - 3_600_000).toISOString()}&ended_to=${new Date(Date.now() + 60_000).toISOString()}`;
    const failed: string[] = [];
    for (const psuRef of ['replaced', 'not-replaced']) {
      const id = await given.live(other.caller, { psuRef });
      await dataSource.query(
        `UPDATE hub.consent SET state = 'failed', state_reason = 'rotation_lost', ended_at = now() WHERE id = $1`,
        [id],
      );
      failed.unshift(id);
    }
    const replacing = await given.live(other.caller, { psuRef: 'replaced' });
    const answer = await admin.get(`?state=failed&${night}&count=true`);
    expect(ids(answer)).toEqual(failed);
    expect(answer.body).toMatchObject({ total: 2, total_is_exact: true, next_cursor: null });
    expect(ids(await admin.get(`?state_reason=rotation_lost&${night}&client=other`))).toEqual(failed);
    expect(ids(await admin.get(`?state_reason=refresh_refused&${night}`))).toEqual([]);
    expect(ids(await platform.get(`?state=failed&${night}`))).toEqual([]);
    expect((await admin.get('')).body).not.toHaveProperty('total');
    expect(ids(await admin.get('?order=consent_expires_at&state=active&limit=200')).at(-1)).toBe(replacing);
  });

  it('lets an admin name the client, and a client itself alone', async () => {
    const byName = ids(await admin.get('?client=platform'));
    expect(byName).toEqual(mine);
    expect(ids(await admin.get(`?client=${platform.caller.id.toUpperCase()}`))).toEqual(mine);
    expect(ids(await platform.get('?client=platform'))).toEqual(mine);
    expect(ids(await platform.get(`?client=${platform.caller.id}`))).toEqual(mine);
    for (const name of ['other', other.caller.id, 'unknown'])
      expect(await platform.get(`?client=${name}`)).toMatchObject({
        status: 403,
        body: { code: 'foreign_client' },
      });
    expect(await admin.get('?client=unknown')).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', errors: [{ field: 'client' }] },
    });
  });

  it('finds by a name that was used again what its new client opened, and by id what the old one did', async () => {
    const old = await client('again', 'consents:read');
    const first = await given.live(old.caller);
    await clients.revoke('again');
    expect(ids(await admin.get('?client=again'))).toEqual([first]);
    const renewed = await client('again', 'consents:read');
    const second = await given.live(renewed.caller);
    expect(ids(await renewed.get(''))).toEqual([second]);
    expect(ids(await admin.get('?client=again'))).toEqual([second]);
    expect(ids(await admin.get(`?client=${old.caller.id}`))).toEqual([first]);
  });

  it('refuses a cursor of another order, and of a time without an order where that changes it', async () => {
    const cursor = String((await admin.get('?limit=1&order=consent_expires_at')).body['next_cursor']);
    for (const query of ['', '?order=created_at', '?order=ended_at'])
      expect(await admin.get(`${query}${query ? '&' : '?'}cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'cursor_of_another_search' },
      });
    expect(await admin.get(`?order=consent_expires_at&count=true&cursor=${cursor}`)).toMatchObject({
      status: 200,
    });
    const usual = String((await admin.get('?limit=1')).body['next_cursor']);
    expect(await admin.get(`?order=created_at&cursor=${usual}`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['state_reason=lost', 'state_reason', 'must be one of authorization_failed, '],
    ['client=', 'client', 'must be the name or the id'],
    ['client=a%20b', 'client', 'must be the name or the id'],
    ['ended_from=yesterday', 'ended_from', 'must be a date'],
    ['ended_from=2026-02-01&ended_to=2026-01-01', 'ended_to', 'must be later than ended_from'],
    ['order=state', 'order', 'must be one of created_at, ended_at, consent_expires_at'],
    ['order=ended_at&order=created_at', 'order', 'must be one of created_at'],
    ['count=1', 'count', 'must be true or false'],
    ['state=lost', 'state', 'must be one of initiated, '],
    ['state=active&state=', 'state', 'must be one of initiated, '],
    ['scope=ais', 'scope', 'must be one of AIS, CAF, PIS'],
    ['scope=AIS&scope=CAF', 'scope', 'must be one of AIS, CAF, PIS'],
    ['brand=ing', 'brand', `must be one of ${BRANDS.join(', ')}`],
    ['psu_ref=', 'psu_ref', 'must be 1 to 128 printable characters'],
    ['psu_ref=%00', 'psu_ref', 'must be 1 to 128 printable characters'],
    ['psu_ref=a&psu_ref=b', 'psu_ref', 'must be 1 to 128 printable characters'],
    ['iban=BE00', 'iban', 'must be an IBAN with a right checksum'],
    ['iban=BE83063154780916', 'iban', 'must be an IBAN with a right checksum'],
    ['created_from=yesterday', 'created_from', 'must be a date'],
    ['created_to=2026-02-30', 'created_to', 'must be a date'],
    ['created_from=2026-02-01T00:00:00+01:00', 'created_from', 'write + as %2B'],
    ['expires_before=2026-01-01T00:00:00', 'expires_before', 'must be a date'],
    ['created_from=2026-02-01&created_to=2026-02-01', 'created_to', 'must be later than created_from'],
    ['needs_attention=yes', 'needs_attention', 'must be true or false'],
    ['limit=0', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=201', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=1.5', 'limit', 'must be a whole number from 1 to 200'],
    ['limit=10&limit=20', 'limit', 'must be a whole number from 1 to 200'],
    ['cursor=', 'cursor', 'must be the next_cursor of a page'],
    ['page=2', 'page', 'is not a field of this call'],
  ])('refuses %s and says what is expected', async (query, field, detail) => {
    const { status, body } = await platform.get(`?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_input',
      errors: [{ field, detail: expect.stringContaining(detail) }],
    });
  });

  it('is closed to a client without the permission', async () => {
    const service = await client('service', 'tokens:read');
    expect(await service.get('')).toMatchObject({ status: 403, body: { code: 'permission_missing' } });
  });

  it('is described with every parameter and its answer', async () => {
    const { body } = await app.inject({ method: 'GET', url: '/openapi.json' });
    const { paths } = JSON.parse(body) as {
      paths: Record<string, { get: { parameters: { name: string }[]; responses: object } }>;
    };
    const described = paths['/v1/consents']?.get;
    expect(described?.parameters.map(({ name }) => name)).toEqual([
      'state',
      'state_reason',
      'scope',
      'brand',
      'psu_ref',
      'iban',
      'client',
      'created_from',
      'created_to',
      'ended_from',
      'ended_to',
      'expires_before',
      'needs_attention',
      'order',
      'count',
      'limit',
      'cursor',
    ]);
    expect(Object.keys(described?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '503']),
    );
  });
});
