import { DueRefreshes } from '@consent-hub/token-grant';
import { DueConsents, until, type Replica } from '../../testing/due-consents.harness.js';
import { RefreshCircuitBreakerRepository } from './refresh-circuit-breaker.repository.js';
import type { CircuitBreakerState } from './circuit-breaker-state.js';

// Some hundred consents are made one by one.
jest.setTimeout(240_000);

let harness: DueConsents;
beforeEach(async () => {
  harness = await DueConsents.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const IBAN = 'BE83063154780915';
const NAMES = 15;
const HEALTHY = 300;

/** One person's consents under as many names, the oldest due: of their pairs the bank has kept the last one alone. */
async function namesOfOnePerson(scope: 'AIS' | 'PIS'): Promise<{ dead: string[]; last: string[] }> {
  const ids = await harness.due(NAMES, 'belfius', { scope });
  await harness.dataSource.query(
    `UPDATE hub.token_pair SET refresh_due_at = now() - interval '10 seconds' WHERE consent_id = ANY($1)`,
    [ids],
  );
  const dead = ids.slice(0, -1);
  harness.bank.replace(dead);
  return { dead, last: ids.slice(-1) };
}

const listAccount = (ids: readonly string[], iban: string) =>
  harness.dataSource.query(
    `INSERT INTO hub.consent_account (consent_id, iban, logical_id)
     SELECT id, $2, 'logical-' || id FROM unnest($1::uuid[]) AS id`,
    [ids, iban],
  );

async function endsOf(ids: readonly string[]): Promise<string[]> {
  const rows = await harness.dataSource.query<{ ending: string }[]>(
    `SELECT state || ' ' || state_reason AS ending FROM hub.consent WHERE id = ANY($1) AND ended_at IS NOT NULL`,
    [ids],
  );
  return rows.map(({ ending }) => ending);
}

/** The consents that count against the bank. */
const recent = async (): Promise<string[] | undefined> => {
  const [row] = await harness.dataSource.query<{ recent: string[] }[]>(
    `SELECT recent FROM hub.refresh_circuit_breaker WHERE brand = 'belfius'`,
  );
  return row?.recent.filter((id) => id !== '');
};

/** Every state that is written, in order. */
function statesWrittenBy({ world }: Replica): CircuitBreakerState[] {
  const states: CircuitBreakerState[] = [];
  const rows = world.get(RefreshCircuitBreakerRepository);
  const swap = rows.swap.bind(rows);
  jest.spyOn(rows, 'swap').mockImplementation(async (...args) => {
    const written = await swap(...args);
    if (written && args[0] === 'belfius') states.push(written.state);
    return written;
  });
  return states;
}

const isCanaryOut = ({ status, nextCanaryAt }: CircuitBreakerState): boolean =>
  status === 'open' && nextCanaryAt === null;
const countOfChanges = (
  states: readonly CircuitBreakerState[],
  is: (state: CircuitBreakerState) => boolean,
): number =>
  states.filter((state, index) => is(state) && !is(states[index - 1] ?? { ...state, status: 'closed' }))
    .length;

describe('one person who has connected under many names', () => {
  it('marks the dead pairs as lost and pauses no client, where the names share an account', async () => {
    const { dead, last } = await namesOfOnePerson('AIS');
    await listAccount([...dead, ...last], IBAN);
    const others = await harness.due(HEALTHY);
    await listAccount(others.slice(0, 1), 'BE49091200881571');
    const replica = await harness.replica();
    const states = statesWrittenBy(replica);
    await until(async () => {
      await replica.job.run();
      return (
        (await endsOf(dead)).length === dead.length && (await harness.generations(others))['2'] === HEALTHY
      );
    });
    expect(await harness.generations(last)).toEqual({ 2: 1 });
    expect(await endsOf(dead)).toEqual(dead.map(() => 'failed refresh_refused'));
    expect(harness.bank.callsTo([...dead, ...last, ...others])).toBe(NAMES + HEALTHY);
    await until(async () => (await harness.circuitBreakerOf('belfius')).underWay === 0);
    expect(await harness.circuitBreakerOf('belfius')).toMatchObject({ status: 'closed' });
    expect(states.every(({ status }) => status === 'closed')).toBe(true);
    const paused = await harness.dataSource.query(
      `SELECT FROM hub.consent_event WHERE type = 'refresh_paused'`,
    );
    expect(paused).toEqual([]);
  });

  it('pauses the others for a few canaries, where nothing ties the names together', async () => {
    const { dead, last } = await namesOfOnePerson('PIS');
    const others = await harness.due(HEALTHY);
    const replica = await harness.replica({ canaryMs: 50 });
    const states = statesWrittenBy(replica);
    await until(async () => {
      await replica.job.run();
      return (
        (await endsOf(dead)).length === dead.length && (await harness.generations(others))['2'] === HEALTHY
      );
    });
    expect(await harness.generations(last)).toEqual({ 2: 1 });
    expect(await endsOf(dead)).toEqual(dead.map(() => 'failed refresh_refused'));
    expect(harness.bank.callsTo([...dead, ...last, ...others])).toBe(NAMES + HEALTHY);
    // 5 of 14 open it. 9 of the 310 that are left are dead: three canaries in a row among them once in 40000 runs, and a
    // second opening takes five of twenty that follow each other.
    expect(countOfChanges(states, ({ status }) => status === 'open')).toBeLessThanOrEqual(2);
    expect(countOfChanges(states, isCanaryOut)).toBeLessThanOrEqual(4);
    // No canary has waited longer than the first.
    expect(Math.max(...states.map(({ canaryFailures }) => canaryFailures))).toBe(0);
  });

  it.each([
    ['the person', [{ psuRef: 'one', scope: 'PIS' }, { psuRef: 'one' }]],
    ['the account that it was opened for', [1, 2].map(() => ({ scope: 'CAF' as const, iban: IBAN }))],
  ] as const)('counts once by %s, in one report or in several', async (_by, wanted) => {
    const by = await harness.given.caller();
    const [first = '', second = ''] = await Promise.all(wanted.map((one) => harness.given.live(by, one)));
    const [other = ''] = await harness.due(1);
    const { breaker } = await harness.replica();
    breaker.note('belfius', { refused: [first, second] });
    await breaker.report('belfius');
    expect(await recent()).toEqual([first]);
    breaker.note('belfius', { refused: [second, other] });
    await breaker.report('belfius');
    expect(await recent()).toEqual([first, other]);
  });

  it('counts once by the account of a consent for funds, and by the same account of one that listed it', async () => {
    const by = await harness.given.caller();
    const funds = await harness.given.live(by, { scope: 'CAF', iban: IBAN });
    const accounts = await harness.given.live(by);
    await listAccount([accounts], IBAN);
    const { breaker } = await harness.replica();
    breaker.note('belfius', { refused: [accounts, funds] });
    await breaker.report('belfius');
    expect(await recent()).toEqual([accounts]);
  });
});

describe('due refreshes', () => {
  it('are drawn at random while something counts against the bank, and in the order of their due times before', async () => {
    const claim = jest.spyOn(DueRefreshes.prototype, 'claim');
    const drawn = () => new Set(claim.mock.calls.map(([, , how]) => how?.atRandom));
    const { job } = await harness.replica();
    const refreshed = async (ids: readonly string[]) => {
      await job.run();
      return (await harness.generations(ids))['2'] === ids.length;
    };
    const before = await harness.due(10);
    await until(() => refreshed(before));
    expect(drawn()).toEqual(new Set([false]));
    const [dead = ''] = await harness.due(1);
    harness.bank.replace([dead]);
    await until(async () => {
      await job.run();
      return (await recent())?.includes(dead) ?? false;
    });
    claim.mockClear();
    const after = await harness.due(10);
    await until(() => refreshed(after));
    expect(drawn()).toEqual(new Set([true]));
  });
});
