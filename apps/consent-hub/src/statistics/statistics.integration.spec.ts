import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { newId, type Caller } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { GrantEvents, TOKEN_GRANT_ENTITIES, type RequestEnded } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { ConsentCountJob } from './consent-count.job.js';
import { HubFiguresQuery } from './hub-figures.query.js';
import { RefreshTallyRecorder } from './refresh-tally.recorder.js';
import { toStatisticsView } from './statistics.view.js';

let database: TestDatabase;
let dataSource: DataSource;
let given: GivenConsents;
let owner: Caller;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open([...CONSENT_ENTITIES, ...TOKEN_GRANT_ENTITIES]);
  given = new GivenConsents(dataSource);
  owner = await given.caller();
  // As every hub does when it starts.
  await dataSource.query(`INSERT INTO hub.refresh_circuit_breaker (brand) SELECT unnest($1::text[])`, [
    BRANDS,
  ]);
});
afterEach(() => database.drop());

/** Asked anew, as by another replica. */
const statistics = async () => toStatisticsView(await new HubFiguresQuery(dataSource).read());
const counted = () =>
  dataSource.query<{ state: string; count: number }[]>(
    `SELECT brand, scope, state, count(*)::int AS count FROM hub.consent
      GROUP BY brand, scope, state ORDER BY brand, scope, state`,
  );
const sumUp = () => new ConsentCountJob(dataSource).run();
const listed = async () => {
  const [row] = await dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM hub.consent_count_change`,
  );
  return row?.count;
};

jest.setTimeout(30_000);

describe('the counts of consents', () => {
  it('are those of the consents, before and after they were summed up', async () => {
    await given.opened(owner);
    await given.authorized(owner, { scope: 'PIS' });
    const psuRef = newId();
    await given.live(owner, { psuRef });
    const renewed = await given.live(owner, { psuRef });
    await given.refreshed(renewed);
    await given.live(owner, { brand: 'banx', scope: 'CAF', iban: 'BE68539007547034' });
    const before = (await statistics()).consents;
    expect(before.items).toEqual(await counted());
    expect(before).toMatchObject({
      total: 5,
      live: 2,
      by_state: { initiated: 1, authorized: 1, active: 1, refreshed: 1, superseded: 1, failed: 0 },
      by_scope: { AIS: 3, CAF: 1, PIS: 1 },
      by_brand: { belfius: 4, banx: 1 },
    });
    await sumUp();
    expect(await listed()).toBe(0);
    expect((await statistics()).consents).toEqual(before);
    await given.opened(owner);
    expect((await statistics()).consents.items).toEqual(await counted());
  });

  it('stay right while replicas sum up and consents move at the same time', async () => {
    const moves = Array.from({ length: 20 }, async () => given.refreshed(await given.live(owner)));
    const jobs = [new ConsentCountJob(dataSource), new ConsentCountJob(dataSource)];
    const all = Promise.all(moves);
    for (let times = 0; times < 20; times++) await Promise.all(jobs.map((job) => job.run()));
    await all;
    expect((await statistics()).consents.items).toEqual(await counted());
  });

  it('gain nothing by a refresh of a refreshed consent, which is most of what happens', async () => {
    const id = await given.live(owner);
    await given.refreshed(id);
    const before = await listed();
    await given.refreshed(id);
    expect(await listed()).toBe(before);
  });

  it('forget a transition that was rolled back', async () => {
    const id = await given.live(owner);
    const failure = dataSource.transaction(async (tx) => {
      await given.consents.move(tx, id, {
        to: 'failed',
        data: { reason: 'rotation_lost' },
        actor: 'hub:test',
      });
      throw new Error('rolled back');
    });
    await expect(failure).rejects.toThrow('rolled back');
    expect((await statistics()).consents.by_state).toMatchObject({ active: 1, failed: 0 });
  });

  it('read no table of consents', async () => {
    const statements: string[] = [];
    const spy = jest.spyOn(dataSource, 'createQueryRunner').mockImplementation((...mode) => {
      spy.mockRestore();
      const runner = dataSource.createQueryRunner(...mode);
      const query = runner.query.bind(runner);
      jest.spyOn(runner, 'query').mockImplementation((sql: string, ...rest: unknown[]) => {
        statements.push(sql);
        return query(sql, ...(rest as []));
      });
      return runner;
    });
    await statistics();
    expect(statements.join('\n')).toContain('hub.consent_count');
    expect(statements.join('\n')).not.toMatch(/hub\.consent\b(?!_)/);
  });
});

describe('what waits', () => {
  const request = (consentId: string, status: string, lease: string, answer: string | null = null) =>
    dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              lease_ends_at, raw_answer)
       VALUES ($1, $2, 'belfius', 'refresh_token', $3, 1, gen_random_uuid(), 'test', now() + $4::interval, $5)`,
      [newId(), consentId, status, lease, answer],
    );
  const dueSince = (id: string, ago: string) =>
    dataSource.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() - $2::interval WHERE consent_id = $1`,
      [id, ago],
    );

  it('is counted by brand', async () => {
    const [one, two] = [await given.live(owner), await given.live(owner)];
    const other = await given.live(owner, { brand: 'banx' });
    await given.live(owner);
    await dueSince(one, '10 seconds');
    await dueSince(two, '10 minutes');
    await dueSince(other, '1 second');
    await request(one, 'in_doubt', '1 minute');
    await request(two, 'sent', '-1 second');
    await request(other, 'received', '1 minute', 'sealed');
    const view = await statistics();
    expect(view).toMatchObject({ due: 3, overdue: 1, in_doubt: 2, open_requests: 3 });
    expect(view.brands).toMatchObject({
      belfius: { due: 2, overdue: 1, in_doubt: 2 },
      banx: { due: 1, overdue: 0, in_doubt: 0 },
    });
    const oldest = Date.parse(view.oldest_due_at ?? '');
    expect(Date.parse(view.as_of) - oldest).toBeCloseTo(600_000, -4);
    expect(view.brands.belfius.oldest_due_at).toBe(view.oldest_due_at);
  });

  it('is nothing in a hub that has just begun', async () => {
    expect(await statistics()).toMatchObject({
      due: 0,
      overdue: 0,
      oldest_due_at: null,
      in_doubt: 0,
      open_requests: 0,
      guard: { belfius: { status: 'closed', next_canary_at: null }, banx: { status: 'closed' } },
    });
  });

  it('tells of a brand whose scheduled refreshes are paused', async () => {
    await dataSource.query(
      `UPDATE hub.refresh_circuit_breaker SET status = 'open', next_canary_at = now() + interval '1 minute' WHERE brand = 'banx'`,
    );
    const { guard } = await statistics();
    expect(guard).toMatchObject({
      belfius: { status: 'closed' },
      banx: { status: 'open', next_canary_at: expect.stringMatching(/Z$/) },
    });
  });
});

describe('the refreshes of the last day', () => {
  const ENDED: RequestEnded = {
    type: 'request_ended',
    consentId: newId(),
    brand: 'belfius',
    grantType: 'refresh_token',
    isProbe: false,
    isScheduled: true,
    seconds: 0.1,
    outcome: 'committed',
    reason: null,
  };

  it('are added up by hour and outcome, for all replicas together', async () => {
    const replicas = [new GrantEvents(), new GrantEvents()];
    const tallies = replicas.map((events) => new RefreshTallyRecorder(dataSource, events));
    for (const tally of tallies) tally.onModuleInit();
    for (const events of replicas) {
      events.emit(ENDED);
      events.emit(ENDED);
      events.emit({ ...ENDED, brand: 'banx', outcome: 'ended', reason: 'rotation_lost' });
      events.emit({ ...ENDED, grantType: 'authorization_code' });
    }
    await Promise.all(tallies.map((tally) => tally.run()));
    replicas[0]?.emit(ENDED);
    await tallies[0]?.beforeApplicationShutdown();
    const { by_outcome: byOutcome, by_hour: byHour } = (await statistics()).refreshes;
    expect(byOutcome).toEqual({ committed: 5, rotation_lost: 2 });
    expect(byHour).toEqual([{ hour: expect.stringMatching(/:00:00\.000Z$/), outcomes: byOutcome }]);
  });

  it('leave out what is older, and put the oldest hour first', async () => {
    await dataSource.query(
      `INSERT INTO hub.refresh_tally (hour, brand, outcome, count)
       SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => ago), 'belfius', 'committed', ago + 1
         FROM unnest('{30, 3, 0}'::int[]) AS ago`,
    );
    const { by_hour: byHour, by_outcome: byOutcome } = (await statistics()).refreshes;
    expect(byHour.map(({ outcomes }) => outcomes)).toEqual([{ committed: 4 }, { committed: 1 }]);
    expect(byOutcome).toEqual({ committed: 5 });
  });

  it('survive a database that is away for a while', async () => {
    const events = new GrantEvents();
    const tally = new RefreshTallyRecorder(dataSource, events);
    tally.onModuleInit();
    events.emit(ENDED);
    const query = jest.spyOn(dataSource, 'query').mockRejectedValueOnce(new Error('away'));
    await tally.run();
    query.mockRestore();
    await tally.run();
    expect((await statistics()).refreshes.by_outcome).toEqual({ committed: 1 });
  });
});

describe('the figures', () => {
  it('are asked for once, however many want them at a time', async () => {
    const query = jest.spyOn(dataSource, 'transaction');
    const figures = new HubFiguresQuery(dataSource);
    const all = await Promise.all([figures.read(), figures.read(), figures.read()]);
    expect(query).toHaveBeenCalledTimes(1);
    expect(new Set(all).size).toBe(1);
    query.mockRestore();
  });

  it('are asked for again after a failure', async () => {
    const figures = new HubFiguresQuery(dataSource);
    const query = jest.spyOn(dataSource, 'transaction').mockRejectedValueOnce(new Error('away'));
    await expect(figures.read()).rejects.toThrow('away');
    query.mockRestore();
    expect(await figures.read()).toMatchObject({ consents: [] });
  });
});
