import { CONSENT_ENTITIES, TokenUseRepository } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { TokenGrantSettings } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { TokenUseRecorder } from './token-use.recorder.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let owner: Caller;
let recorder: TokenUseRecorder;

const SETTINGS = new TokenGrantSettings({
  owner: 'test',
  tokenTimeoutMs: 1,
  spoolDir: '/nowhere',
  spoolRetentionMinutes: 1,
});

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  owner = await given.caller();
});
beforeEach(() => (recorder = new TokenUseRecorder(new TokenUseRepository(dataSource), SETTINGS)));
afterEach(() => jest.restoreAllMocks());
afterAll(() => database.drop());

interface Pair {
  readonly used_ago: number;
  readonly due_in: number;
  readonly life: number;
}
async function pairOf(id: string): Promise<Pair> {
  const [row] = await dataSource.query<Pair[]>(
    `SELECT extract(epoch FROM now() - last_used_at)::float AS used_ago,
            extract(epoch FROM refresh_due_at - now())::float AS due_in,
            extract(epoch FROM access_expires_at - now())::float AS life
       FROM hub.token_pair WHERE consent_id = $1`,
    [id],
  );
  if (!row) throw new Error('no pair');
  return row;
}
const usesOf = (id: string) =>
  dataSource.query<object[]>(
    `SELECT api_client_id AS client, uses::int AS uses FROM hub.token_use WHERE consent_id = $1 ORDER BY uses`,
    [id],
  );
/** Its pair was not read for long: it is kept alive once a day. */
const fallIdle = (id: string) =>
  dataSource.query(
    `UPDATE hub.token_pair SET last_used_at = now() - interval '30 hours', refresh_due_at = now() + interval '20 hours'
      WHERE consent_id = $1`,
    [id],
  );

describe('the use of tokens', () => {
  it('is counted for each consent and client, across batches and replicas', async () => {
    const id = await given.live(owner);
    const [one, other] = [newId(), newId()];
    for (let times = 0; times < 5; times++) recorder.record(id, one);
    recorder.record(id, other);
    await recorder.run();
    recorder.record(id, one);
    const replica = new TokenUseRecorder(new TokenUseRepository(dataSource), SETTINGS);
    replica.record(id, one);
    await Promise.all([recorder.run(), replica.run()]);
    expect(await usesOf(id)).toEqual([
      { client: other, uses: 1 },
      { client: one, uses: 7 },
    ]);
  });

  it('is written in one statement, however many were handed out', async () => {
    const ids = [await given.live(owner), await given.live(owner)];
    const write = jest.spyOn(TokenUseRepository.prototype, 'write');
    for (let times = 0; times < 100; times++) for (const id of ids) recorder.record(id, owner.id);
    await recorder.run();
    expect(write).toHaveBeenCalledTimes(1);
    await recorder.run();
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('brings an idle pair back among those that are refreshed ahead of their end', async () => {
    const id = await given.live(owner);
    await fallIdle(id);
    recorder.record(id, owner.id);
    await recorder.run();
    const { used_ago: usedAgo, due_in: dueIn, life } = await pairOf(id);
    expect(usedAgo).toBeLessThan(60);
    expect(dueIn).toBeLessThanOrEqual(life - 600);
  });

  it('makes an idle pair whose access token has expired due at once', async () => {
    const id = await given.live(owner, {}, { expiresInSeconds: -10 });
    await fallIdle(id);
    recorder.record(id, owner.id);
    await recorder.run();
    expect((await pairOf(id)).due_in).toBeLessThanOrEqual(1);
  });

  it('leaves a refresh alone that is under way', async () => {
    const id = await given.live(owner);
    await fallIdle(id);
    await dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              lease_ends_at)
       VALUES ($1, $2, 'belfius', 'refresh_token', 'sent', 1, gen_random_uuid(), 'test', now() + interval '1 minute')`,
      [newId(), id],
    );
    recorder.record(id, owner.id);
    await recorder.run();
    const { used_ago: usedAgo, due_in: dueIn } = await pairOf(id);
    expect(usedAgo).toBeLessThan(60);
    expect(dueIn).toBeGreaterThan(19 * 3600);
  });

  it('never moves the refresh of a pair in use, nor one of a pair that has ended', async () => {
    const id = await given.live(owner);
    const before = await pairOf(id);
    await dataSource.query(
      `UPDATE hub.token_pair SET last_used_at = now() - interval '2 hours' WHERE consent_id = $1`,
      [id],
    );
    const over = await given.live(owner);
    await dataSource.query(
      `UPDATE hub.token_pair SET last_used_at = now() - interval '30 hours', refresh_due_at = NULL WHERE consent_id = $1`,
      [over],
    );
    recorder.record(id, owner.id);
    recorder.record(over, owner.id);
    await recorder.run();
    const after = await pairOf(id);
    expect(after.due_in).toBeCloseTo(before.due_in, -2);
    expect(after.used_ago).toBeLessThan(60);
    expect((await pairOf(over)).due_in).toBeNull();
  });

  it('is written when the hub stops', async () => {
    const id = await given.live(owner);
    recorder.record(id, owner.id);
    await recorder.beforeApplicationShutdown();
    expect(await usesOf(id)).toEqual([{ client: owner.id, uses: 1 }]);
  });

  it('is kept while the database is away', async () => {
    const id = await given.live(owner);
    jest.spyOn(TokenUseRepository.prototype, 'write').mockRejectedValueOnce(new Error('away'));
    recorder.record(id, owner.id);
    await recorder.run();
    expect(await usesOf(id)).toEqual([]);
    recorder.record(id, owner.id);
    await recorder.run();
    expect(await usesOf(id)).toEqual([{ client: owner.id, uses: 2 }]);
  });
});
