import { ConsentExpirer, ConsentReminder, CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ConsentExpiryJob } from './consent-expiry.job.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let owner: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  owner = await given.caller();
});
afterAll(() => database.drop());

const newJob = () => new ConsentExpiryJob(new ConsentExpirer(dataSource), new ConsentReminder(dataSource));

/** So many days are left of so many. */
const leaves = (id: string, days: number, ofDays = 180) =>
  dataSource.query(
    `UPDATE hub.consent SET authorized_at = now() - make_interval(days => $3::int - $2::int),
            consent_expires_at = now() + make_interval(days => $2) - interval '1 minute'
      WHERE id = $1`,
    [id, days, ofDays],
  );
const reminders = async (id: string): Promise<unknown[]> =>
  (await given.consents.events(id))
    .filter(({ type }) => type === 'expires_soon')
    .map(({ data }) => data['days']);

describe('the reminder of an end', () => {
  it('comes at fourteen days, seven and one, each once', async () => {
    const id = await given.live(owner);
    const seen = [];
    for (const days of [15, 14, 13, 7, 6, 1, 1]) {
      await leaves(id, days);
      await newJob().run();
      seen.push(await reminders(id));
    }
    expect(seen).toEqual([[], [14], [14], [14, 7], [14, 7], [14, 7, 1], [14, 7, 1]]);
    expect((await given.consents.events(id)).at(-1)).toMatchObject({
      actor: 'hub:consent-expiry',
      fromState: null,
      toState: null,
    });
  });

  it('is the one that applies when the others were missed', async () => {
    const id = await given.live(owner);
    await leaves(id, 5);
    await newJob().run();
    expect(await reminders(id)).toEqual([7]);
    await leaves(id, 1);
    await newJob().run();
    expect(await reminders(id)).toEqual([7, 1]);
  });

  it('does not come at a distance that the consent never lasted', async () => {
    const id = await given.live(owner);
    const seen = [];
    for (const days of [10, 7, 1]) {
      await leaves(id, days, 10);
      await newJob().run();
      seen.push(await reminders(id));
    }
    expect(seen).toEqual([[], [7], [7, 1]]);
  });

  it('is written once when several replicas check at the same moment, also when many are due', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => given.live(owner)));
    for (const id of ids) await leaves(id, 7);
    await Promise.all(Array.from({ length: 4 }, () => newJob().run()));
    for (const id of ids) expect(await reminders(id)).toEqual([7]);
  });

  it('is for live consents alone', async () => {
    const id = await given.live(owner);
    await leaves(id, 7);
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'psu' }),
    );
    await newJob().run();
    expect(await reminders(id)).toEqual([]);
  });

  it('is found by an index, among those that wait for it', async () => {
    await dataSource.query(`ANALYZE hub.consent`);
    const plan = await dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL enable_seqscan = off`);
      const rows = await tx.query<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN SELECT id FROM hub.consent
          WHERE state IN ('active', 'refreshed') AND reminded_days = 14
            AND consent_expires_at > now() AND consent_expires_at <= now() + interval '7 days'`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('consent_reminder_due');
    expect(plan).toMatch(/Index Cond: .*reminded_days = 14.*consent_expires_at/);
  });
});
