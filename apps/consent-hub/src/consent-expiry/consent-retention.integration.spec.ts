import { CONSENT_ENTITIES, PersonEraser } from '@consent-hub/consent';
import { readEnvironment, type Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ConsentSettings } from '../config/consent.settings.js';
import { ConsentRetentionJob } from './consent-retention.job.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let by: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  given = new GivenConsents(dataSource);
  by = await given.caller();
});
afterAll(() => database.drop());

const jobWith = (days: string) =>
  new ConsentRetentionJob(
    new PersonEraser(dataSource, given.consents),
    readEnvironment(ConsentSettings, { CONSENT_RETENTION_DAYS: days }),
  );
const stored = (id: string) => given.consents.find(id);
/** A consent that was revoked so many days ago. */
async function ended(daysAgo: number, psuRef = 'anna-4711'): Promise<string> {
  const id = await given.live(by, { psuRef });
  await dataSource.transaction((tx) =>
    given.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'hub:test' }),
  );
  await dataSource.query(
    `UPDATE hub.consent SET ended_at = now() - make_interval(days => $2) WHERE id = $1`,
    [id, daysAgo],
  );
  return id;
}

describe('personal data of consents', () => {
  it('is erased so many days after their end, and not before', async () => {
    const [old, recent] = [await ended(31), await ended(29)];
    const live = await given.live(by, { psuRef: 'anna-4711' });
    await jobWith('30').run();
    expect(await stored(old)).toMatchObject({
      psuRef: expect.stringMatching(/^erased-/),
      erasedAt: expect.any(Date),
      state: 'revoked',
    });
    for (const id of [recent, live])
      expect(await stored(id)).toMatchObject({ psuRef: 'anna-4711', erasedAt: null });
    expect((await given.consents.events(old)).at(-1)).toMatchObject({
      type: 'erased',
      actor: 'hub:consent-retention',
    });
  });

  it('is kept without end where that is set', async () => {
    const id = await ended(30_000);
    await jobWith('0').run();
    expect(await stored(id)).toMatchObject({ psuRef: 'anna-4711', erasedAt: null });
    await jobWith('30').run();
    expect(await stored(id)).toMatchObject({ erasedAt: expect.any(Date) });
  });

  it('is erased once where several replicas check at the same moment, also more than one batch', async () => {
    const ids = await Promise.all(Array.from({ length: 70 }, (_, n) => ended(40, `person-${n}`)));
    await Promise.all(Array.from({ length: 3 }, () => jobWith('30').run()));
    for (const id of ids) {
      const entries = (await given.consents.events(id)).filter(({ type }) => type === 'erased');
      expect(entries).toHaveLength(1);
    }
  }, 30_000);

  it('is left where a transaction holds the consent, which keeps the job from nothing else', async () => {
    const [held, free] = [await ended(60), await ended(50)];
    await dataSource.transaction(async (tx) => {
      await tx.query(`SELECT FROM hub.consent WHERE id = $1 FOR UPDATE`, [held]);
      await jobWith('30').run();
    });
    expect([(await stored(held))?.erasedAt, (await stored(free))?.erasedAt]).toEqual([
      null,
      expect.any(Date),
    ]);
    await jobWith('30').run();
    expect((await stored(held))?.erasedAt).toEqual(expect.any(Date));
  });

  it.each(['29', '-1', '1.5', '36501'])('is not kept for %s days', (days) => {
    expect(() => readEnvironment(ConsentSettings, { CONSENT_RETENTION_DAYS: days })).toThrow(
      'CONSENT_RETENTION_DAYS must be 0 or a whole number from 30 to 36500',
    );
  });
});
