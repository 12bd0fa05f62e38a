import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { newId, type Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from './consent.module.js';
import { TimelineHashes } from './timeline-hashes.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let hashes: TimelineHashes;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  hashes = new TimelineHashes(dataSource);
  owner = await given.caller();
});
afterEach(() => database.drop());

/** As a superuser of the database can. */
const tamper = (sql: string, values: unknown[] = []): Promise<unknown> =>
  dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(sql, values);
  });
const stored = async (id: string): Promise<string[]> =>
  (
    await dataSource.query<{ hash: string }[]>(
      `SELECT encode(hash, 'hex') AS hash FROM hub.consent_event WHERE consent_id = $1 ORDER BY seq`,
      [id],
    )
  ).map(({ hash }) => hash);
const recomputed = async (consentId: string, seq: number) =>
  (await hashes.recompute([{ consentId, seq }]))[0];

describe('the recomputed hash of an entry', () => {
  it('is the one that the database gave it, for every kind of entry', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    for (const data of [
      {
        text: 'a"b\\c/d\b\f\n\r\t\u0001\u001f\u007f é € 😀 \u2028',
        n: [1, 1.5, 1e21, -0.001, null, true],
        o: { b: 1, a: {} },
      },
      {},
    ])
      await dataSource.query(
        `INSERT INTO hub.consent_event (consent_id, type, reason, actor, data) VALUES ($1, 'note', $2, 'a"\\ü', $3)`,
        [id, data.text ?? null, data],
      );
    const expected = await stored(id);
    expect(expected).toHaveLength(6);
    for (const [index, hash] of expected.entries())
      expect(await recomputed(id, index + 1)).toEqual({
        consentId: id,
        seq: index + 1,
        hash,
        lastSeq: 6,
        baseSeq: 0,
      });
  });

  it('follows what the entries say, and neither the stored hashes nor the function of the database', async () => {
    const id = await given.live(owner);
    const [, , last] = await stored(id);
    await dataSource.query(
      `CREATE OR REPLACE FUNCTION hub.consent_event_hash(e hub.consent_event) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT e.hash'`,
    );
    await tamper(`UPDATE hub.consent_event SET actor = 'psu' WHERE consent_id = $1 AND seq = 1`, [id]);
    expect((await stored(id))[2]).toBe(last);
    const today = await recomputed(id, 3);
    expect(today).toMatchObject({ hash: expect.stringMatching(/^[\da-f]{64}$/), lastSeq: 3 });
    expect(today?.hash).not.toBe(last);
  });

  it('is null where an entry up to it is missing, and says which one is the last that is there', async () => {
    const id = await given.live(owner);
    expect(await recomputed(id, 4)).toMatchObject({ hash: null, lastSeq: 3 });
    await tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 2`, [id]);
    expect(await recomputed(id, 3)).toMatchObject({ hash: null, lastSeq: 3 });
    expect(await recomputed(newId(), 1)).toMatchObject({ hash: null, lastSeq: 0 });
  });

  it('continues from the last entry that was dropped with its month, and is null for that one and those before', async () => {
    const id = await given.live(owner);
    const [, second, third] = await stored(id);
    await tamper(
      `INSERT INTO hub.timeline_base SELECT consent_id, seq, hash FROM hub.consent_event WHERE consent_id = $1 AND seq = 2`,
      [id],
    );
    expect(await recomputed(id, 2)).toEqual({ consentId: id, seq: 2, hash: second, lastSeq: 3, baseSeq: 0 });
    await tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq <= 2`, [id]);
    expect(await recomputed(id, 3)).toEqual({ consentId: id, seq: 3, hash: third, lastSeq: 3, baseSeq: 2 });
    expect(await recomputed(id, 2)).toMatchObject({ hash: null, baseSeq: 2 });
    await tamper(`UPDATE hub.timeline_base SET hash = sha256('x') WHERE consent_id = $1`, [id]);
    expect((await recomputed(id, 3))?.hash).not.toBe(third);
  });

  it('comes in the order that was asked, for fewer where many entries stand behind them, and for one at least', async () => {
    const ids = [await given.live(owner), await given.live(owner), await given.live(owner)].reverse();
    const noted = (seq: number) => ids.map((consentId) => ({ consentId, seq }));
    expect((await hashes.recompute(noted(3))).map(({ consentId }) => consentId)).toEqual(ids);
    expect((await hashes.recompute(noted(9_000))).map(({ consentId }) => consentId)).toEqual(ids.slice(0, 2));
    expect((await hashes.recompute(noted(30_000))).map(({ consentId }) => consentId)).toEqual(
      ids.slice(0, 1),
    );
  });
});

describe('the heads of timelines', () => {
  it('come page by page in the order of ids, each once', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await given.live(owner));
    const first = await hashes.heads(2);
    const second = await hashes.heads(2, first.next ?? '');
    const third = await hashes.heads(2, second.next ?? '');
    expect([first, second, third].flatMap(({ heads }) => heads.map(({ consentId }) => consentId))).toEqual(
      ids,
    );
    expect(third.next).toBeNull();
    expect(first.heads[0]).toEqual({ consentId: ids[0], seq: 3, hash: (await stored(ids[0] ?? ''))[2] });
  });
});
