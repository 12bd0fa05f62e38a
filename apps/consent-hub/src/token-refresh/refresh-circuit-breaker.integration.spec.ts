import { BURNS, DueConsents, until, WELL } from './due-consents.stage.js';

let stage: DueConsents;
beforeEach(async () => {
  stage = await DueConsents.build();
});
afterEach(() => stage.strike());

const fallDue = (ids: readonly string[]) =>
  stage.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = ANY($1)`, [
    ids,
  ]);
const pausedIn = async (ids: readonly string[]): Promise<string[]> => {
  const rows = await stage.dataSource.query<{ consent_id: string }[]>(
    `SELECT consent_id FROM hub.consent_event WHERE type = 'refresh_paused' AND consent_id = ANY($1)`,
    [ids],
  );
  return rows.map((row) => row.consent_id);
};

describe('a bank that burns every pair it is shown', () => {
  jest.setTimeout(60_000);

  it('gets no more than the configured number, from two replicas with 32 slots each', async () => {
    stage.bank.mood.belfius = BURNS;
    const ids = await stage.due(80, 'belfius');
    const others = await stage.due(40, 'banx');
    const replicas = [await stage.replica(), await stage.replica()];
    const sweep = () => Promise.all(replicas.map(({ job }) => job.run()));
    await until(async () => {
      await sweep();
      return (await stage.circuitBreakerOf('belfius')).status === 'open';
    });
    for (let times = 0; times < 5; times++) await sweep();
    await until(async () => (await stage.circuitBreakerOf('belfius')).underWay === 0);
    expect(stage.bank.callsTo(ids)).toBe(5);
    await until(async () => {
      await sweep();
      return (await stage.generations(others))['2'] === 40;
    });
    expect(await stage.circuitBreakerOf('banx')).toMatchObject({ status: 'closed' });
    expect((await pausedIn(ids)).sort()).toEqual(
      [...stage.bank.calls.keys()].filter((id) => ids.includes(id)).sort(),
    );
  });

  it('gets one canary after the other, until one comes back well and the rest follow', async () => {
    stage.bank.mood.belfius = BURNS;
    const ids = await stage.due(60, 'belfius');
    const { job } = await stage.replica({ canaryMs: 1 });
    await until(async () => {
      await job.run();
      return stage.bank.callsTo(ids) >= 7;
    });
    expect(await stage.circuitBreakerOf('belfius')).not.toMatchObject({ status: 'closed' });
    const burned = [...stage.bank.calls.keys()];
    stage.bank.mood.belfius = WELL;
    const healthy = ids.filter((id) => !burned.includes(id));
    await until(async () => {
      await job.run();
      return (await stage.generations(healthy))['2'] === healthy.length;
    });
    expect(await stage.circuitBreakerOf('belfius')).toMatchObject({ status: 'closed' });
  });

  it('costs no pair of those that somebody asks for: their good end is as good as a canary', async () => {
    stage.bank.mood.belfius = BURNS;
    const ids = await stage.due(10, 'belfius');
    const { job, breaker } = await stage.replica();
    await until(async () => {
      await job.run();
      return (await stage.circuitBreakerOf('belfius')).status === 'open';
    });
    breaker.note('belfius', { goodOnDemand: 1 });
    stage.bank.mood.belfius = WELL;
    const healthy = ids.filter((id) => !stage.bank.calls.has(id));
    await fallDue(healthy);
    await until(async () => {
      await job.run();
      return (await stage.generations(healthy))['2'] === healthy.length;
    });
    expect(stage.bank.callsTo(healthy)).toBe(healthy.length);
  });
});
