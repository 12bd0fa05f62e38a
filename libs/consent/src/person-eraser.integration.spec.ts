import { createTestDatabase, dumpDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { newId, newRequestId, type Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from './consent.module.js';
import { ENDED_LONG_AGO, ErasureError, PersonEraser } from './person-eraser.js';
import { TimelineVerifier } from './timeline-verifier.js';

const ANNA = 'anna-4711';
const IBAN = 'BE68539007547034';
const CHOSEN = 'BE83063154780915';
const RETURN_URL = 'https://app.example/anna';
const PURPOSE = 'the budget of frau a';
const OWN_CALLBACK = 'https://app.example/paid?by=frau-a';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let eraser: PersonEraser;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  eraser = new PersonEraser(dataSource, given.consents);
  owner = await given.caller();
});
afterEach(() => database.drop());

const erase = (mayEnd = false, brand?: 'belfius' | 'banx') =>
  eraser.erase({ psuRef: ANNA, mayEnd, actor: 'hub:test', ...(brand && { brand }) });
const end = (id: string) =>
  dataSource.transaction((tx) =>
    given.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'hub:test' }),
  );
const fail = (id: string) =>
  dataSource.transaction((tx) =>
    given.consents.move(tx, id, { to: 'failed', data: { reason: 'rotation_lost' }, actor: 'hub:test' }),
  );
const request = (
  id: string,
  status: string,
  leaseSeconds = -1,
  answer: Buffer | null = null,
): Promise<unknown> =>
  dataSource.query(
    `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
            lease_ends_at, raw_answer)
     VALUES ($1, $2, 'belfius', 'authorization_code', $3, 0, $4, 'test', now() + make_interval(secs => $5), $6)`,
    [newId(), id, status, newRequestId(), leaseSeconds, answer],
  );
/** As a dump shows bytes. */
const inHex = (text: string): string => Buffer.from(text).toString('hex');
const requests = (id: string) =>
  dataSource.query<object[]>(
    `SELECT status, raw_answer, settled_at IS NOT NULL AS settled FROM hub.token_request WHERE consent_id = $1`,
    [id],
  );

describe('erasing a person', () => {
  it('leaves nothing that names them and no sealed value, and writes it into timelines that still verify', async () => {
    const funds = await given.live(
      owner,
      { psuRef: ANNA, scope: 'CAF', iban: IBAN, language: 'fr' },
      { logicalId: 'handle-1' },
    );
    const accounts = await given.live(
      owner,
      { psuRef: ANNA, returnUrl: RETURN_URL, purpose: PURPOSE },
      { logicalId: 'handle-2' },
    );
    const lost = await given.authorized(owner, { psuRef: ANNA, scope: 'PIS', redirectUri: OWN_CALLBACK });
    await dataSource.transaction((tx) =>
      given.consents.replaceAccounts(tx, accounts, [{ iban: CHOSEN, logicalId: 'handle-3' }]),
    );
    await fail(lost);
    await request(lost, 'received', -1, Buffer.from('sealed-answer'));
    await dataSource.query(
      `INSERT INTO hub.idempotency_key (api_client_id, key, request_hash, lease_ends_at, expires_at, consent_id, answer)
       VALUES ($1, 'k', sha256(''), now(), now() + interval '1 day', $2, 'kept-answer')`,
      [owner.id, accounts],
    );
    const sealed = await dataSource.query<{ access_token: Buffer; refresh_token: Buffer }[]>(
      `SELECT access_token, refresh_token FROM hub.token_pair`,
    );
    const secrets = sealed.flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]);
    const words = [
      ANNA,
      IBAN,
      CHOSEN,
      RETURN_URL,
      PURPOSE,
      OWN_CALLBACK,
      'handle-',
      inHex('sealed-answer'),
      inHex('kept-answer'),
      ...secrets.map((value) => value.toString('hex')),
    ];
    const before = await dumpDatabase(database.url);
    for (const word of words) expect(before).toContain(word);
    for (const id of [funds, accounts]) await end(id);

    const erased = await erase();
    expect(erased.map(({ id }) => id).sort()).toEqual([funds, accounts, lost].sort());
    const dump = await dumpDatabase(database.url);
    for (const word of words) expect(dump).not.toContain(word);
    const verifier = new TimelineVerifier(dataSource);
    for (const id of [funds, accounts, lost]) {
      expect((await given.consents.events(id)).at(-1)).toMatchObject({
        type: 'erased',
        actor: 'hub:test',
        data: {},
      });
      expect((await verifier.one(id)).broken).toEqual([]);
      expect(await given.consents.find(id)).toMatchObject({
        psuRef: expect.stringMatching(/^erased-/),
        erasedAt: expect.any(Date),
      });
    }
    expect(await requests(lost)).toEqual([{ status: 'overtaken', raw_answer: null, settled: true }]);
  });

  it('draws another placeholder for each consent', async () => {
    for (const scope of ['AIS', 'PIS'] as const) await end(await given.live(owner, { psuRef: ANNA, scope }));
    await erase();
    const rows = await dataSource.query<{ count: number }[]>(
      `SELECT count(DISTINCT psu_ref)::int AS count FROM hub.consent`,
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  it('changes no other person, and the other brand only on request', async () => {
    const other = await given.live(owner, { psuRef: 'ben' });
    const elsewhere = await given.live(owner, { psuRef: ANNA, brand: 'banx' });
    const here = await given.live(owner, { psuRef: ANNA });
    await end(here);
    expect((await erase(false, 'belfius')).map(({ id }) => id)).toEqual([here]);
    expect(await given.consents.find(other)).toMatchObject({
      psuRef: 'ben',
      state: 'active',
      erasedAt: null,
    });
    expect(await given.consents.find(elsewhere)).toMatchObject({
      psuRef: ANNA,
      state: 'active',
      erasedAt: null,
    });
  });

  it('is refused while a consent has not ended, and changes nothing', async () => {
    await end(await given.live(owner, { psuRef: ANNA, scope: 'PIS' }));
    const live = await given.live(owner, { psuRef: ANNA });
    const { id: waiting } = await given.opened(owner, { psuRef: ANNA, brand: 'banx' });
    const before = await dumpDatabase(database.url);
    const refusal = erase();
    await expect(refusal).rejects.toMatchObject({ code: 'consents_not_ended' });
    const error = await refusal.catch((thrown: unknown) => thrown);
    expect((error as ErasureError).consents.map(({ id }) => id).sort()).toEqual([live, waiting].sort());
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it('ends what has not ended when it may', async () => {
    const live = await given.live(owner, { psuRef: ANNA });
    const { id: waiting } = await given.opened(owner, { psuRef: ANNA, brand: 'banx' });
    const returned = await given.authorized(owner, { psuRef: ANNA, scope: 'PIS' });
    expect(await erase(true)).toHaveLength(3);
    expect(await given.consents.find(live)).toMatchObject({
      state: 'revoked',
      stateReason: 'withdrawn_by_tpp',
    });
    expect(await given.consents.find(waiting)).toMatchObject({
      state: 'expired',
      stateReason: 'withdrawn_by_tpp',
    });
    expect(await given.consents.find(returned)).toMatchObject({
      state: 'failed',
      stateReason: 'exchange_lost',
    });
  });

  it('waits for the end of an exchange, and changes nothing before', async () => {
    const id = await given.authorized(owner, { psuRef: ANNA });
    await request(id, 'sent', 60);
    const before = await dumpDatabase(database.url);
    await expect(erase(true)).rejects.toMatchObject({ code: 'call_under_way', consents: [{ id }] });
    expect(await dumpDatabase(database.url)).toBe(before);
  });

  it('is refused for a name that no person has, such as that of a person already erased', async () => {
    await end(await given.live(owner, { psuRef: ANNA }));
    await erase();
    await expect(erase()).rejects.toMatchObject({ code: 'person_unknown' });
  });
});

describe('a consent whose person was erased', () => {
  it('stays failed when an answer is found later', async () => {
    const id = await given.authorized(owner, { psuRef: ANNA });
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'failed', data: { reason: 'exchange_lost' }, actor: 'hub:test' }),
    );
    await erase();
    await expect(given.refreshed(id)).rejects.toThrow('was not stored');
    expect(await given.consents.find(id)).toMatchObject({ state: 'failed', tokenPair: null });
  });

  it('keeps neither accounts nor answers that arrive late', async () => {
    const id = await given.live(owner, { psuRef: ANNA });
    await request(id, 'sent', 60);
    await end(id);
    await erase();
    await dataSource.transaction((tx) =>
      given.consents.replaceAccounts(tx, id, [{ iban: CHOSEN, logicalId: 'handle' }]),
    );
    await dataSource.query(
      `UPDATE hub.token_request SET status = 'received', raw_answer = 'late' WHERE consent_id = $1`,
      [id],
    );
    expect(await given.consents.accounts(id)).toEqual([]);
    expect(await requests(id)).toEqual([{ status: 'overtaken', raw_answer: null, settled: true }]);
  });
});

describe('consents that ended long ago', () => {
  it('are found by an index that holds those alone that are not erased', async () => {
    const plan = await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL enable_seqscan = off`);
      return tx.query<{ 'QUERY PLAN': string }[]>(
        ENDED_LONG_AGO.replace('SELECT', 'EXPLAIN SELECT').replace('$1', '30').replace('$2', '50'),
      );
    });
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('consent_retained');
  });
});
