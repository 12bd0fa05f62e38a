import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { LONG_WAIT, runAll, ReplicasHarness, type Replica } from '../../testing/replicas.harness.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const fallDue = (at: ReplicasHarness) =>
  at.dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 s'`);
const claimAll = async ({ due }: Replica) => runAll(await due.claim('belfius', 10));
/**
 * Started replicas that were at work on another run of the server than the one that answers now. They compare their spools when
 * the test says so.
 *
 * @returns for each: compares its spool with the run that answers now
 */
async function metAnother(...replicas: Replica[]): Promise<(() => Promise<void>)[]> {
  const sweeps = replicas.map(({ recovery }) => recovery.sweep.bind(recovery));
  for (const { recovery, server } of replicas) {
    jest.spyOn(recovery, 'sweep').mockResolvedValue();
    server.saw('the run before');
    server.confirm('the run before');
  }
  await harness.dataSource.query(
    `UPDATE hub.instance SET confirmed_run = 'the run before' WHERE owner = ANY ($1)`,
    [replicas.map(({ settings }) => settings.owner)],
  );
  return sweeps;
}

describe('a pair whose refresh a failover has forgotten', () => {
  it('is not spent again by claims that come before the sweep: the answers received are settled', async () => {
    const ids = [await harness.liveConsent(), await harness.liveConsent(), await harness.liveConsent()];
    await fallDue(harness);
    const one = harness.replica('one');
    const backup = await harness.backup();
    const rotate = () => Promise.resolve(harness.bank.rotate());
    harness.bank.next(rotate, rotate, rotate);
    expect(await claimAll(one)).toEqual(['committed', 'committed', 'committed']);
    const pairs = await Promise.all(ids.map((id) => harness.accessToken(id)));
    const asked = harness.bank.requests.length;
    await harness.restore(backup);
    expect(await claimAll(one)).toEqual(['committed', 'committed', 'committed']);
    expect(harness.bank.requests).toHaveLength(asked);
    expect(await Promise.all(ids.map((id) => harness.accessToken(id)))).toEqual(pairs);
    for (const id of ids) {
      expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
      expect((await harness.statuses(id)).sort()).toEqual(['committed', 'committed', 'not_sent']);
    }
  });

  it('is not spent again by a caller, nor is a code', async () => {
    const [live, authorized] = [await harness.liveConsent(), await harness.authorizedConsent()];
    const { grants } = harness.replica('one');
    const backup = await harness.backup();
    await grants.refresh(live, 1, LONG_WAIT);
    await grants.exchangeCode(authorized, LONG_WAIT);
    const pairs = [await harness.accessToken(live), await harness.accessToken(authorized)];
    const asked = harness.bank.requests.length;
    await harness.restore(backup);
    await grants.refresh(live, 1, LONG_WAIT);
    await grants.exchangeCode(authorized, LONG_WAIT);
    expect(harness.bank.requests).toHaveLength(asked);
    expect([await harness.accessToken(live), await harness.accessToken(authorized)]).toEqual(pairs);
  });

  it('is not spent again by a replica that has read the files of another', async () => {
    const id = await harness.liveConsent();
    const backup = await harness.backup();
    await harness.replica('one').grants.refresh(id, 1, LONG_WAIT);
    const two = harness.replica('two');
    await two.start();
    const asked = harness.bank.requests.length;
    await harness.restore(backup);
    await two.grants.refresh(id, 1, LONG_WAIT);
    expect(harness.bank.requests).toHaveLength(asked);
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
  });

  it('is not spent again while its first call is under way', async () => {
    const id = await harness.liveConsent();
    await fallDue(harness);
    const one = harness.replica('one');
    const backup = await harness.backup();
    const granted = harness.bank.rotate();
    let answer!: () => void;
    const gate = new Promise<void>((open) => (answer = open));
    harness.bank.next(() => gate.then(() => granted));
    const first = claimAll(one);
    while (harness.bank.requests.length < 2) await new Promise(setImmediate);
    await harness.restore(backup);
    expect(await claimAll(one)).toEqual(['not_sent']);
    expect(harness.bank.requests).toHaveLength(2);
    answer();
    expect(await first).toEqual(['committed']);
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
  });
});

describe('a replica whose database server was replaced', () => {
  it('spends nothing until the spools of all machines are compared', async () => {
    const id = await harness.liveConsent();
    await fallDue(harness);
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const [here, there] = [harness.replica('here'), other.replica('there')];
    await Promise.all([here.start(), there.start()]);
    const backup = await harness.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = harness.bank.requests.length;
    await harness.restore(backup);
    const [compareHere, compareThere] = await metAnother(here, there);

    expect(await claimAll(here)).toEqual([]);
    await expect(here.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grants_paused' });
    await compareHere?.();
    expect(await claimAll(here)).toEqual([]);
    await expect(here.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grants_paused' });
    expect(await harness.statuses(id)).toEqual(['committed']);

    await compareThere?.();
    await here.instances.beat();
    expect(here.pause.secondsLeft).toBe(0);
    expect(await claimAll(here)).toEqual([]);
    await here.grants.refresh(id, 1, LONG_WAIT);
    expect(harness.bank.requests).toHaveLength(asked);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('spends nothing either when it has started since', async () => {
    const id = await harness.liveConsent();
    await fallDue(harness);
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const there = other.replica('there');
    await there.start();
    const backup = await harness.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = harness.bank.requests.length;
    await harness.restore(backup);
    const [compareThere] = await metAnother(there);
    const newcomer = harness.replica('newcomer');
    await newcomer.start();

    expect(await claimAll(newcomer)).toEqual([]);
    await expect(newcomer.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grants_paused' });
    await compareThere?.();
    await newcomer.instances.beat();
    await newcomer.grants.refresh(id, 1, LONG_WAIT);
    expect(harness.bank.requests).toHaveLength(asked);
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('need not wait where no other hub was running, nor for others that have begun on the same run', async () => {
    const alone = harness.replica('alone');
    await alone.start();
    expect(alone.pause.secondsLeft).toBe(0);
    const second = harness.replica('second');
    await second.start();
    expect(second.pause.secondsLeft).toBe(0);
  });

  it('notices at the first claim, and at the first call: neither reserves anything', async () => {
    const [due, code] = [await harness.liveConsent(), await harness.authorizedConsent()];
    await fallDue(harness);
    const [claiming, called, exchanging] = [harness.replica('a'), harness.replica('b'), harness.replica('c')];
    for (const replica of [claiming, called, exchanging]) await replica.start();
    await metAnother(claiming, called, exchanging);
    expect(await claimAll(claiming)).toEqual([]);
    await expect(called.grants.refresh(due, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grants_paused' });
    await expect(exchanging.grants.exchangeCode(code, LONG_WAIT)).rejects.toMatchObject({
      code: 'grants_paused',
    });
    for (const { pause } of [claiming, called, exchanging]) expect(pause.secondsLeft).toBeGreaterThan(0);
    expect(await harness.statuses(due)).toEqual(['committed']);
    expect(await harness.statuses(code)).toEqual([]);
    expect(harness.bank.requests).toHaveLength(1);
  });

  it('waits for a process that says nothing as long as it may be silent, and no longer', async () => {
    await harness.liveConsent();
    await fallDue(harness);
    harness.longestSilenceMs = 60_000;
    const one = harness.replica('one');
    await one.start();
    await harness.dataSource.query(
      `INSERT INTO hub.instance (owner, name, machine, spool_dir, key_ids, confirmed_run)
       VALUES ('far.1.a', 'far', 'another machine', '/spool', '{k1}', 'the run before')`,
    );
    const [compare] = await metAnother(one);
    await compare?.();
    expect(await claimAll(one)).toEqual([]);
    await one.instances.beat();
    expect(one.pause.secondsLeft).toBeGreaterThan(50);
    const later = performance.now() + 60_001;
    jest.spyOn(performance, 'now').mockReturnValue(later);
    expect(one.pause.secondsLeft).toBe(0);
  });

  it('need not wait for a process that ended in order in its own spool directory, before the machine was started again', async () => {
    const before = harness.replica('before');
    await before.start();
    await before.die();
    await harness.dataSource.query(
      `UPDATE hub.instance SET machine = 'the boot before', name = '', confirmed_run = 'the run before'`,
    );
    for (const file of await readdir(harness.spoolDir)) await rm(path.join(harness.spoolDir, file));
    const after = harness.replica('after');
    await after.start();
    expect(after.pause.secondsLeft).toBe(0);
  });

  it('enters the calls under way again, so that no other hub makes them', async () => {
    const id = await harness.liveConsent();
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const [here, there] = [harness.replica('here'), other.replica('there')];
    await Promise.all([here.start(), there.start()]);
    const backup = await harness.backup();
    let answer!: () => void;
    const gate = new Promise<void>((open) => (answer = open));
    harness.bank.next(() => gate.then(() => harness.bank.rotate()));
    const first = here.grants.refresh(id, 1, LONG_WAIT);
    while (harness.bank.requests.length < 2) await new Promise(setImmediate);
    const [, sent] = await harness.journal(id);
    await harness.restore(backup);
    const [compareHere, compareThere] = await metAnother(here, there);
    await compareHere?.();
    await compareThere?.();
    await there.instances.beat();
    expect((await harness.journal(id)).at(-1)).toMatchObject({ id: sent?.id, status: 'sent' });
    await expect(there.grants.refresh(id, 1, { waitMs: 300 })).rejects.toMatchObject({
      code: 'grant_in_progress',
    });
    answer();
    await first;
    expect(harness.bank.requests).toHaveLength(2);
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('enters the instances again that it knows and the server does not', async () => {
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const [here, there] = [harness.replica('here'), other.replica('there')];
    await there.start();
    await here.start();
    await harness.dataSource.query(`UPDATE hub.instance SET confirmed_run = 'the run before'`);
    await here.instances.beat();
    await harness.dataSource.query(`DELETE FROM hub.instance`);
    const [compare] = await metAnother(here);
    await compare?.();
    const rows = await harness.dataSource.query<{ owner: string }[]>(
      `SELECT owner FROM hub.instance ORDER BY owner`,
    );
    expect(rows.map(({ owner }) => owner)).toEqual([here.settings.owner, there.settings.owner].sort());
    expect(here.pause.secondsLeft).toBeGreaterThan(0);
    await other.leave();
  });

  it('sends nothing that it has reserved on the run before', async () => {
    const id = await harness.liveConsent();
    await fallDue(harness);
    const one = harness.replica('one');
    const claimed = await one.due.claim('belfius', 10);
    expect(claimed).toHaveLength(1);
    await metAnother(one);
    expect(await runAll(claimed)).toEqual(['not_sent']);
    expect(harness.bank.requests).toHaveLength(1);
    expect(await harness.statuses(id)).toEqual(['committed', 'not_sent']);
  });
});
