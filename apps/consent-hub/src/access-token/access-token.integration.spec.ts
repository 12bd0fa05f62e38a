import { randomUUID } from 'node:crypto';
import { Global, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CONSENT_ENTITIES, PairRefresh, TokenReadTally, TokenUse } from '@consent-hub/consent';
import {
  createLogger,
  createValidationPipe,
  JointLookups,
  LookupPool,
  NestLogger,
  newId,
  type AuthenticatedRequest,
  type Caller,
} from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { AccessTokenModule } from './access-token.module.js';
import { AccessTokenQuery } from './access-token.query.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let pool: LookupPool;
let app: NestFastifyApplication;
let owner: Caller;
let caller: Caller;
const refresh = jest.fn<Promise<void>, Parameters<PairRefresh['refresh']>>();

/** Lets the caller of the test in, as the guard of the hub does. */
class TestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<AuthenticatedRequest>().caller = caller;
    return true;
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  pool = new LookupPool(database.url, 'consent-hub-test');
  const providers = [
    { provide: LookupPool, useValue: pool },
    { provide: JointLookups, useValue: new JointLookups(pool) },
    { provide: DataSource, useValue: dataSource },
    { provide: TokenVault, useValue: given.vault },
    { provide: PairRefresh, useValue: { refresh, minIntervalSeconds: 30 } },
    { provide: TokenUse, useValue: { record: () => undefined } },
    TokenReadTally,
  ];
  @Global()
  @Module({ providers, exports: providers })
  class World {}
  const world = await Test.createTestingModule({ imports: [World, AccessTokenModule] })
    .setLogger(new NestLogger(createLogger('test', 'silent')))
    .compile();
  app = world.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalGuards(new TestGuard());
  await app.init();
  owner = await given.caller();
  caller = await given.caller({ permissions: new Set(['tokens:read']) });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(() => refresh.mockReset().mockResolvedValue());

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers });
const tokenOf = (id: string, query = '', headers: Record<string, string> = {}) =>
  get(`/v1/consents/${id}/access-token${query}`, headers);
const tokenOfPerson = (psuRef: string, headers: Record<string, string> = {}) =>
  get(`/v1/access-token?brand=belfius&scope=AIS&psu_ref=${encodeURIComponent(psuRef)}`, headers);

describe('GET /v1/consents/{id}/access-token', () => {
  it('answers with the token of a consent that another client opened', async () => {
    const id = await given.live(owner, {}, { accessToken: 'opaque-access-token' });
    const answer = await tokenOf(id);
    expect(answer.statusCode).toBe(200);
    const body = answer.json<Record<string, unknown>>();
    expect(body).toEqual({
      consent_id: id,
      access_token: 'opaque-access-token',
      token_type: 'Bearer',
      scope: 'AIS',
      generation: 1,
      expires_at: expect.stringMatching(/Z$/),
      expires_in: expect.any(Number),
    });
    expect(body['expires_in']).toBeGreaterThan(3500);
    expect(body['expires_in']).toBeLessThanOrEqual(3600);
    expect(answer.headers).toMatchObject({ etag: '"1"', 'cache-control': 'no-store' });
  });

  it('adds the logical-ID of a CAF consent', async () => {
    const id = await given.live(
      owner,
      { scope: 'CAF', iban: 'BE68539007547034' },
      { logicalId: 'logical-1' },
    );
    expect((await tokenOf(id)).json()).toMatchObject({ scope: 'CAF', logical_id: 'logical-1' });
  });

  it.each(['"2"', 'W/"2"', '"1", "2"', '*'])(
    'answers 304 to one who holds the token already: %s',
    async (tag) => {
      const id = await given.live(owner);
      await given.refreshed(id);
      const answer = await tokenOf(id, '?min_validity_seconds=600', { 'if-none-match': tag });
      expect(answer).toMatchObject({ statusCode: 304, body: '' });
      expect(answer.headers).toMatchObject({ etag: '"2"', 'cache-control': 'no-store' });
    },
  );

  it.each(['"1"', '2', '"22"', ''])('answers 200 to one who holds another: %s', async (tag) => {
    const id = await given.live(owner);
    await given.refreshed(id);
    expect((await tokenOf(id, '', { 'if-none-match': tag })).statusCode).toBe(200);
  });

  it('answers 200 to one who holds a token that lasts less than asked and cannot be renewed', async () => {
    const id = await given.live(owner, {}, { expiresInSeconds: 60 });
    const answer = await tokenOf(id, '?min_validity_seconds=600', { 'if-none-match': '"1"' });
    expect(answer.statusCode).toBe(200);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('answers with the new token after a refresh', async () => {
    const id = await given.live(owner, {}, { expiresInSeconds: -10 });
    refresh.mockImplementation((consentId) => given.refreshed(consentId));
    const answer = await tokenOf(id, '', { 'if-none-match': '"1"' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['etag']).toBe('"2"');
    expect(answer.json()).toMatchObject({ access_token: 'access-2', generation: 2 });
  });

  it('marks a token whose refresh is in doubt', async () => {
    const id = await given.live(owner);
    const request = `INSERT INTO hub.token_request
      (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, lease_ends_at)
      VALUES ($1, $2, 'belfius', 'refresh_token', $3, 1, $4, 'test', now())`;
    await dataSource.query(request, [newId(), id, 'in_doubt', randomUUID()]);
    expect((await tokenOf(id)).json()).toMatchObject({ generation: 1, in_doubt: true });
  });

  it('reads those of callers that come together with one statement, and writes nothing', async () => {
    const ids = [await given.live(owner), await given.live(owner), await given.live(owner)];
    const elsewhere = [jest.spyOn(dataSource, 'query'), jest.spyOn(dataSource, 'createQueryBuilder')];
    const statements = jest.spyOn(pool, 'query');
    const answers = await Promise.all(ids.map((id) => tokenOf(id)));
    expect(answers.map((answer) => answer.json<{ consent_id: string }>().consent_id)).toEqual(ids);
    expect(statements.mock.calls).toEqual([
      [expect.objectContaining({ name: expect.any(String), text: expect.stringMatching(/^\s*SELECT/) })],
    ]);
    for (const spy of elsewhere) expect(spy).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    expect(await given.consents.events(ids[0] ?? '')).toHaveLength(3);
  });
});

describe('GET /v1/access-token', () => {
  it('answers with the token of the live consent, past links and old consents', async () => {
    const psuRef = 'Zoë & co';
    await given.live(owner, { psuRef });
    const live = await given.live(owner, { psuRef });
    await given.opened(owner, { psuRef });
    const answer = await tokenOfPerson(psuRef);
    expect(answer.json()).toMatchObject({ consent_id: live, generation: 1, access_token: 'access-1' });
  });

  it('distinguishes the token of a renewal from the one it replaced, though both are the first', async () => {
    const psuRef = newId();
    await given.live(owner, { psuRef });
    const first = await tokenOfPerson(psuRef);
    const known = { 'if-none-match': String(first.headers['etag']) };
    expect((await tokenOfPerson(psuRef, known)).statusCode).toBe(304);
    const renewal = await given.live(owner, { psuRef });
    const second = await tokenOfPerson(psuRef, known);
    expect(second.statusCode).toBe(200);
    expect(second.json()).toMatchObject({ consent_id: renewal, generation: 1 });
  });

  it('keeps persons, brands and scopes apart', async () => {
    const psuRef = newId();
    await given.live(owner, { psuRef, brand: 'banx' });
    await given.live(owner, { psuRef, scope: 'PIS' });
    const tokens = app.get(AccessTokenQuery);
    expect(await tokens.byPerson({ brand: 'belfius', psuRef, scope: 'AIS' })).toBeNull();
    expect(await tokens.byPerson({ brand: 'banx', psuRef, scope: 'AIS' })).not.toBeNull();
  });
});

describe('POST /v1/consents/{id}/access-token/rejections', () => {
  const reject = (id: string, payload: object) =>
    app.inject({ method: 'POST', url: `/v1/consents/${id}/access-token/rejections`, payload });

  it('answers with the token to use instead', async () => {
    const id = await given.live(owner);
    refresh.mockImplementation((consentId) => given.refreshed(consentId));
    const answer = await reject(id, { generation: 1 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ generation: 2, access_token: 'access-2' });
    expect(answer.headers['etag']).toBe('"2"');
    expect((await reject(id, { generation: 1 })).json()).toMatchObject({ generation: 2 });
    expect(refresh).toHaveBeenCalledTimes(1);
  });
});
