import { DueConsents, MAINTENANCE, until, WELL } from '../../testing/due-consents.harness.js';

let harness: DueConsents;
beforeEach(async () => {
  harness = await DueConsents.build();
});
afterEach(() => harness.close());

/** A bank that answers when the test opens the gate. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the scheduled refresh', () => {
  jest.setTimeout(60_000);

  it('refreshes what is due when the hub starts, however much it is, and nothing else', async () => {
    const ids = await harness.due(100);
    const [idle] = await harness.due(1);
    await harness.dataSource.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() + interval '1 hour' WHERE consent_id = $1`,
      [idle],
    );
    await harness.replica({ concurrency: 8 });
    await until(async () => (await harness.generations(ids))['2'] === 100);
    expect(harness.bank.callsTo(ids)).toBe(100);
    expect(harness.bank.callsTo([idle ?? ''])).toBe(0);
  });

  it('refreshes each due consent once when several replicas work side by side', async () => {
    const ids = await harness.due(120);
    const replicas = [await harness.replica(), await harness.replica()];
    await until(async () => {
      await Promise.all(replicas.map(({ job }) => job.run()));
      return (await harness.generations(ids))['2'] === ids.length;
    });
    expect(harness.bank.callsTo(ids)).toBe(ids.length);
    expect(harness.bank.replays).toBe(0);
  });

  it('has no more under way than its slots, and makes use of each that comes free', async () => {
    const { open, opened } = gate();
    let underWay = 0;
    let most = 0;
    harness.bank.mood.belfius = async (rotate) => {
      most = Math.max(most, ++underWay);
      await opened;
      underWay--;
      return rotate();
    };
    const ids = await harness.due(20);
    const { job } = await harness.replica({ concurrency: 3 });
    await job.run();
    await until(() => underWay === 3);
    await job.run();
    open();
    await until(async () => (await harness.generations(ids))['2'] === 20);
    expect(most).toBe(3);
  });

  it('continues for one brand while the other is slow', async () => {
    const { open, opened } = gate();
    harness.bank.mood.belfius = async (rotate) => {
      await opened;
      return rotate();
    };
    const slow = await harness.due(10, 'belfius');
    const quick = await harness.due(40, 'banx');
    await harness.replica({ concurrency: 4 });
    await until(async () => (await harness.generations(quick))['2'] === 40);
    expect(await harness.generations(slow)).toEqual({ 1: 10 });
    open();
    await until(async () => (await harness.generations(slow))['2'] === 10);
  });

  it('loses nothing when it is stopped: what is under way ends, and nothing is claimed after', async () => {
    const { open, opened } = gate();
    let begun = 0;
    harness.bank.mood.belfius = async (rotate) => {
      begun++;
      await opened;
      return rotate();
    };
    const ids = await harness.due(30);
    const { job, world } = await harness.replica({ concurrency: 4 });
    await job.run();
    await until(() => begun > 0);
    const closed = world.close();
    harness.bank.mood.belfius = WELL;
    open();
    await closed;
    const { 1: waiting = 0, 2: refreshed = 0 } = await harness.generations(ids);
    expect(refreshed).toBe(harness.bank.callsTo(ids));
    expect(waiting + refreshed).toBe(30);
    expect(waiting).toBeGreaterThan(0);
    const open_ = await harness.dataSource.query(
      `SELECT id FROM hub.token_request WHERE status IN ('sent', 'in_doubt', 'received')`,
    );
    expect(open_).toEqual([]);
    expect(await harness.circuitBreakerOf('belfius')).toMatchObject({ underWay: 0 });
  });

  it('refreshes all that were due while something before the bank answered with a maintenance page', async () => {
    harness.bank.mood.belfius = MAINTENANCE;
    const ids = await harness.due(30);
    const { job } = await harness.replica({ canaryMs: 500 });
    const asked = () => harness.bank.callsTo(ids);
    await until(() => asked() >= 5);
    // Canaries, and consents that were asked for before.
    const before = asked();
    await until(async () => (await job.run(), asked() > before));
    expect(await harness.generations(ids)).toEqual({ 1: 30 });

    harness.bank.mood.belfius = WELL;
    await until(async () => (await job.run(), (await harness.generations(ids))['2'] === 30));

    expect(harness.bank.replays).toBe(0);
    const open = await harness.dataSource.query(
      `SELECT id FROM hub.token_request WHERE status IN ('sent', 'in_doubt', 'received')`,
    );
    expect(open).toEqual([]);
  });
});
