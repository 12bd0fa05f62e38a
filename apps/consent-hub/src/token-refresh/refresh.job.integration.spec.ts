import { DueConsents, MAINTENANCE, until, WELL } from './due-consents.stage.js';

let stage: DueConsents;
beforeEach(async () => {
  stage = await DueConsents.build();
});
afterEach(() => stage.strike());

/** A bank that answers when the test opens the gate. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the scheduled refresh', () => {
  jest.setTimeout(60_000);

  it('refreshes what is due when the hub starts, however much it is, and nothing else', async () => {
    const ids = await stage.due(100);
    const [idle] = await stage.due(1);
    await stage.dataSource.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() + interval '1 hour' WHERE consent_id = $1`,
      [idle],
    );
    await stage.replica({ concurrency: 8 });
    await until(async () => (await stage.generations(ids))['2'] === 100);
    expect(stage.bank.callsTo(ids)).toBe(100);
    expect(stage.bank.callsTo([idle ?? ''])).toBe(0);
  });

  it('refreshes each due consent once when several replicas work side by side', async () => {
    const ids = await stage.due(120);
    const replicas = [await stage.replica(), await stage.replica()];
    await until(async () => {
      await Promise.all(replicas.map(({ job }) => job.run()));
      return (await stage.generations(ids))['2'] === ids.length;
    });
    expect(stage.bank.callsTo(ids)).toBe(ids.length);
    expect(stage.bank.replays).toBe(0);
  });

  it('has no more under way than its slots, and makes use of each that comes free', async () => {
    const { open, opened } = gate();
    let underWay = 0;
    let most = 0;
    stage.bank.mood.belfius = async (rotate) => {
      most = Math.max(most, ++underWay);
      await opened;
      underWay--;
      return rotate();
    };
    const ids = await stage.due(20);
    const { job } = await stage.replica({ concurrency: 3 });
    await job.run();
    await until(() => underWay === 3);
    await job.run();
    open();
    await until(async () => (await stage.generations(ids))['2'] === 20);
    expect(most).toBe(3);
  });

  it('goes on for one brand while the other is slow', async () => {
    const { open, opened } = gate();
    stage.bank.mood.belfius = async (rotate) => {
      await opened;
      return rotate();
    };
    const slow = await stage.due(10, 'belfius');
    const quick = await stage.due(40, 'banx');
    await stage.replica({ concurrency: 4 });
    await until(async () => (await stage.generations(quick))['2'] === 40);
    expect(await stage.generations(slow)).toEqual({ 1: 10 });
    open();
    await until(async () => (await stage.generations(slow))['2'] === 10);
  });

  it('loses nothing when it is stopped: what is under way ends, and nothing is claimed after', async () => {
    const { open, opened } = gate();
    let begun = 0;
    stage.bank.mood.belfius = async (rotate) => {
      begun++;
      await opened;
      return rotate();
    };
    const ids = await stage.due(30);
    const { job, world } = await stage.replica({ concurrency: 4 });
    await job.run();
    await until(() => begun > 0);
    const closed = world.close();
    stage.bank.mood.belfius = WELL;
    open();
    await closed;
    const { 1: waiting = 0, 2: refreshed = 0 } = await stage.generations(ids);
    expect(refreshed).toBe(stage.bank.callsTo(ids));
    expect(waiting + refreshed).toBe(30);
    expect(waiting).toBeGreaterThan(0);
    const open_ = await stage.dataSource.query(
      `SELECT id FROM hub.token_request WHERE status IN ('sent', 'in_doubt', 'received')`,
    );
    expect(open_).toEqual([]);
    expect(await stage.circuitBreakerOf('belfius')).toMatchObject({ underWay: 0 });
  });

  it('refreshes all that were due while something before the bank answered with a maintenance page', async () => {
    stage.bank.mood.belfius = MAINTENANCE;
    const ids = await stage.due(30);
    const { job } = await stage.replica({ canaryMs: 500 });
    const asked = () => stage.bank.callsTo(ids);
    await until(() => asked() >= 5);
    // Canaries, and consents that were asked for before.
    const before = asked();
    await until(async () => (await job.run(), asked() > before));
    expect(await stage.generations(ids)).toEqual({ 1: 30 });

    stage.bank.mood.belfius = WELL;
    await until(async () => (await job.run(), (await stage.generations(ids))['2'] === 30));

    expect(stage.bank.replays).toBe(0);
    const open = await stage.dataSource.query(
      `SELECT id FROM hub.token_request WHERE status IN ('sent', 'in_doubt', 'received')`,
    );
    expect(open).toEqual([]);
  });
});
