import { BURNS, DueConsents, until, WELL } from '../../testing/due-consents.harness.js';

let harness: DueConsents;
beforeEach(async () => {
  harness = await DueConsents.build();
});
afterEach(() => harness.close());

const fallDue = (ids: readonly string[]) =>
  harness.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = ANY($1)`, [
    ids,
  ]);
const pausedIn = async (ids: readonly string[]): Promise<string[]> => {
  const rows = await harness.dataSource.query<{ consent_id: string }[]>(
    `SELECT consent_id FROM hub.consent_event WHERE type = 'refresh_paused' AND consent_id = ANY($1)`,
    [ids],
  );
  return rows.map((row) => row.consent_id);
};

describe('a bank that burns every pair it is shown', () => {
  jest.setTimeout(60_000);

  it('gets no more than the configured number, from two replicas with 32 slots each', async () => {
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(80, 'belfius');
    const others = await harness.due(40, 'banx');
    const replicas = [await harness.replica(), await harness.replica()];
    const sweep = () => Promise.all(replicas.map(({ job }) => job.run()));
    await until(async () => {
      await sweep();
      return (await harness.circuitBreakerOf('belfius')).status === 'open';
    });
    for (let times = 0; times < 5; times++) await sweep();
    await until(async () => (await harness.circuitBreakerOf('belfius')).underWay === 0);
    expect(harness.bank.callsTo(ids)).toBe(5);
    await until(async () => {
      await sweep();
      return (await harness.generations(others))['2'] === 40;
    });
    expect(await harness.circuitBreakerOf('banx')).toMatchObject({ status: 'closed' });
    expect((await pausedIn(ids)).sort()).toEqual(
      [...harness.bank.calls.keys()].filter((id) => ids.includes(id)).sort(),
    );
  });

  it('gets one canary after the other, until one comes back well and the rest follow', async () => {
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(60, 'belfius');
    const { job } = await harness.replica({ canaryMs: 1 });
    await until(async () => {
      await job.run();
      return harness.bank.callsTo(ids) >= 7;
    });
    expect(await harness.circuitBreakerOf('belfius')).not.toMatchObject({ status: 'closed' });
    const burned = [...harness.bank.calls.keys()];
    harness.bank.mood.belfius = WELL;
    const healthy = ids.filter((id) => !burned.includes(id));
    await until(async () => {
      await job.run();
      return (await harness.generations(healthy))['2'] === healthy.length;
    });
    expect(await harness.circuitBreakerOf('belfius')).toMatchObject({ status: 'closed' });
  });

  it('ends its pause after a successful refresh on demand, as after a canary', async () => {
    harness.bank.mood.belfius = BURNS;
    const ids = await harness.due(10, 'belfius');
    const { job, breaker } = await harness.replica();
    await until(async () => {
      await job.run();
      return (await harness.circuitBreakerOf('belfius')).status === 'open';
    });
    breaker.note('belfius', { goodOnDemand: 1 });
    harness.bank.mood.belfius = WELL;
    const healthy = ids.filter((id) => !harness.bank.calls.has(id));
    await fallDue(healthy);
    await until(async () => {
      await job.run();
      return (await harness.generations(healthy))['2'] === healthy.length;
    });
    expect(harness.bank.callsTo(healthy)).toBe(healthy.length);
  });
});
