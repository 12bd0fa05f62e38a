import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { newId, type Caller } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { CONSENT_ENTITIES } from './consent.module.js';
import { ConsentError } from './consent-error.js';
import { TimelineVerifier, type VerifiedPage } from './timeline-verifier.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let verifier: TimelineVerifier;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  verifier = new TimelineVerifier(dataSource);
  owner = await given.caller();
});
afterEach(() => database.drop());

/** All pages, one after the other. */
async function pages(consents = 1000, entries?: number): Promise<VerifiedPage[]> {
  const found = [await verifier.page(consents, undefined, entries)];
  for (let next = found[0]?.next ?? null; next !== null; next = found.at(-1)?.next ?? null)
    found.push(await verifier.page(consents, next, entries));
  return found;
}

/** As a superuser of the database can. */
const tamper = (sql: string, id: string): Promise<unknown> =>
  dataSource.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(sql, [id]);
  });

describe('a timeline', () => {
  it('verifies while it was not changed', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    expect(await verifier.one(id)).toEqual({ consents: 1, entries: 4, broken: [], next: null });
  });

  it.each<[string, string, number, string]>([
    [
      'an entry was changed',
      `UPDATE hub.consent_event SET data = '{"x":1}' WHERE consent_id = $1 AND seq = 2`,
      2,
      'changed',
    ],
    [
      'a moment was changed',
      `UPDATE hub.consent_event SET at = at + interval '1 microsecond' WHERE consent_id = $1 AND seq = 1`,
      1,
      'changed',
    ],
    [
      'an entry was written anew with a right hash',
      `UPDATE hub.consent_event e
          SET actor = 'psu', hash = hub.consent_event_hash(jsonb_populate_record(e, '{"actor": "psu"}'))
        WHERE consent_id = $1 AND seq = 1`,
      2,
      'unlinked',
    ],
    [
      'the last entry was written anew with a right hash',
      `UPDATE hub.consent_event e
          SET actor = 'psu', hash = hub.consent_event_hash(jsonb_populate_record(e, '{"actor": "psu"}'))
        WHERE consent_id = $1 AND seq = 4`,
      4,
      'rewritten',
    ],
    [
      'an entry was taken out',
      `DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 2`,
      2,
      'missing',
    ],
    [
      'the first entry was taken out',
      `DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 1`,
      1,
      'missing',
    ],
    ['its end was cut off', `DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq > 2`, 3, 'cut_off'],
    ['all of it was removed', `DELETE FROM hub.consent_event WHERE consent_id = $1`, 1, 'cut_off'],
    ['its anchor was removed', `DELETE FROM hub.consent_timeline WHERE consent_id = $1`, 1, 'unanchored'],
    [
      'its anchor was put back',
      `UPDATE hub.consent_timeline SET seq = 2 WHERE consent_id = $1`,
      3,
      'unanchored',
    ],
    ['its consent was removed', `DELETE FROM hub.consent WHERE id = $1`, 1, 'ownerless'],
    [
      'its consent was removed with its anchor',
      `WITH gone AS (DELETE FROM hub.consent_timeline WHERE consent_id = $1) DELETE FROM hub.consent WHERE id = $1`,
      1,
      'ownerless',
    ],
    [
      'its consent was removed with its entries',
      `WITH gone AS (DELETE FROM hub.consent_event WHERE consent_id = $1) DELETE FROM hub.consent WHERE id = $1`,
      1,
      'ownerless',
    ],
  ])('is found broken when %s', async (_what, sql, seq, fault) => {
    const untouched = await given.live(owner);
    const id = await given.live(owner);
    await given.refreshed(id);
    await tamper(sql, id);
    expect((await verifier.one(id)).broken).toEqual([{ consentId: id, seq, fault }]);
    expect((await verifier.one(untouched)).broken).toEqual([]);
    for (const found of [await pages(), await pages(1), await pages(1000, 1)])
      expect(found.flatMap(({ broken }) => broken)).toEqual([{ consentId: id, seq, fault }]);
  });

  it('is found broken though the consent got entries after its end was cut off', async () => {
    const id = await given.live(owner);
    await tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 3`, id);
    await given.refreshed(id);
    expect((await verifier.one(id)).broken).toEqual([{ consentId: id, seq: 3, fault: 'missing' }]);
  });

  it('cannot be verified of a consent that is not there', async () => {
    const id = newId();
    await expect(verifier.one(id)).rejects.toEqual(new ConsentError('consent_not_found', { consentId: id }));
  });

  it('has an anchor that only its entries move', async () => {
    const id = await given.live(owner);
    for (const sql of [
      `UPDATE hub.consent_timeline SET seq = 1 WHERE consent_id = $1`,
      `DELETE FROM hub.consent_timeline WHERE consent_id = $1`,
      `INSERT INTO hub.consent_timeline (consent_id, seq, hash) VALUES ($1, 1, '')`,
    ]) {
      await expect(dataSource.query(sql, [id])).rejects.toThrow('append-only');
    }
    await expect(dataSource.query(`TRUNCATE hub.consent_timeline`)).rejects.toThrow('append-only');
    expect((await verifier.one(id)).broken).toEqual([]);
  });
});

describe('all timelines', () => {
  it('are verified some at a time, each once, and every broken one is named', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await given.live(owner));
    await tamper(
      `UPDATE hub.consent_event SET reason = 'x' WHERE consent_id = $1 AND seq IN (2, 3)`,
      String(ids[1]),
    );
    await tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 3`, String(ids[4]));
    const found = await pages(2);
    expect(found.map(({ consents }) => consents)).toEqual([2, 2, 1]);
    expect(found.map(({ entries }) => entries)).toEqual([6, 6, 2]);
    expect(found.flatMap(({ broken }) => broken)).toEqual([
      { consentId: ids[1], seq: 2, fault: 'changed' },
      { consentId: ids[4], seq: 3, fault: 'cut_off' },
    ]);
  });

  it('are none on an empty database', async () => {
    expect(await pages()).toEqual([{ consents: 0, entries: 0, broken: [], next: null }]);
  });

  it('end their page early where they are long, and are verified whole all the same', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) ids.push(await given.live(owner));
    for (let count = 0; count < 5; count++) await given.refreshed(String(ids[1]));
    await tamper(`DELETE FROM hub.consent_event WHERE consent_id = $1 AND seq = 7`, String(ids[1]));
    await tamper(`DELETE FROM hub.consent WHERE id = $1`, String(ids[2]));
    const found = await pages(1000, 5);
    expect(found.map(({ consents, entries }) => [consents, entries])).toEqual([
      [2, 10],
      [2, 6],
      [0, 0],
    ]);
    expect(found.flatMap(({ broken }) => broken)).toEqual([
      { consentId: ids[1], seq: 7, fault: 'missing' },
      { consentId: ids[2], seq: 1, fault: 'ownerless' },
    ]);
  });
});
