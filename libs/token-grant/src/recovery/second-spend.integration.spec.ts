import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { PATIENT, runAll, Stage, type Replica } from '../testing/replicas.stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.strike();
});

const fallDue = (at: Stage) =>
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
  await stage.dataSource.query(
    `UPDATE hub.instance SET confirmed_run = 'the run before' WHERE owner = ANY ($1)`,
    [replicas.map(({ settings }) => settings.owner)],
  );
  return sweeps;
}

describe('a pair whose refresh a failover has forgotten', () => {
  it('is not spent again by claims that come before the sweep: the answers heard are settled', async () => {
    const ids = [await stage.liveConsent(), await stage.liveConsent(), await stage.liveConsent()];
    await fallDue(stage);
    const one = stage.replica('one');
    const backup = await stage.backup();
    const rotate = () => Promise.resolve(stage.bank.rotate());
    stage.bank.next(rotate, rotate, rotate);
    expect(await claimAll(one)).toEqual(['committed', 'committed', 'committed']);
    const pairs = await Promise.all(ids.map((id) => stage.accessToken(id)));
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    expect(await claimAll(one)).toEqual(['committed', 'committed', 'committed']);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await Promise.all(ids.map((id) => stage.accessToken(id)))).toEqual(pairs);
    for (const id of ids) {
      expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
      expect((await stage.statuses(id)).sort()).toEqual(['committed', 'committed', 'not_sent']);
    }
  });

  it('is not spent again by a caller, nor is a code', async () => {
    const [live, authorized] = [await stage.liveConsent(), await stage.authorizedConsent()];
    const { grants } = stage.replica('one');
    const backup = await stage.backup();
    await grants.refresh(live, 1, PATIENT);
    await grants.exchangeCode(authorized, PATIENT);
    const pairs = [await stage.accessToken(live), await stage.accessToken(authorized)];
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    await grants.refresh(live, 1, PATIENT);
    await grants.exchangeCode(authorized, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect([await stage.accessToken(live), await stage.accessToken(authorized)]).toEqual(pairs);
  });

  it('is not spent again by a replica that has read the files of another', async () => {
    const id = await stage.liveConsent();
    const backup = await stage.backup();
    await stage.replica('one').grants.refresh(id, 1, PATIENT);
    const two = stage.replica('two');
    await two.start();
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    await two.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
  });

  it('is not spent again while its first call is under way', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const one = stage.replica('one');
    const backup = await stage.backup();
    const granted = stage.bank.rotate();
    let answer!: () => void;
    const gate = new Promise<void>((open) => (answer = open));
    stage.bank.next(() => gate.then(() => granted));
    const first = claimAll(one);
    while (stage.bank.requests.length < 2) await new Promise(setImmediate);
    await stage.restore(backup);
    expect(await claimAll(one)).toEqual(['not_sent']);
    expect(stage.bank.requests).toHaveLength(2);
    answer();
    expect(await first).toEqual(['committed']);
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
  });
});

describe('a replica whose database server was replaced', () => {
  it('spends nothing until the spools of all machines are compared', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const other = await Stage.beside(stage);
    const [here, there] = [stage.replica('here'), other.replica('there')];
    await Promise.all([here.start(), there.start()]);
    const backup = await stage.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    const [compareHere, compareThere] = await metAnother(here, there);

    expect(await claimAll(here)).toEqual([]);
    await expect(here.grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grants_paused' });
    await compareHere?.();
    expect(await claimAll(here)).toEqual([]);
    await expect(here.grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grants_paused' });
    expect(await stage.statuses(id)).toEqual(['committed']);

    await compareThere?.();
    await here.instances.beat();
    expect(here.pause.secondsLeft).toBe(0);
    expect(await claimAll(here)).toEqual([]);
    await here.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('spends nothing either when it has started since', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const other = await Stage.beside(stage);
    const there = other.replica('there');
    await there.start();
    const backup = await stage.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    const [compareThere] = await metAnother(there);
    const newcomer = stage.replica('newcomer');
    await newcomer.start();

    expect(await claimAll(newcomer)).toEqual([]);
    await expect(newcomer.grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grants_paused' });
    await compareThere?.();
    await newcomer.instances.beat();
    await newcomer.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('need not wait where nobody else was at work, nor for others that have begun on the same run', async () => {
    const alone = stage.replica('alone');
    await alone.start();
    expect(alone.pause.secondsLeft).toBe(0);
    const second = stage.replica('second');
    await second.start();
    expect(second.pause.secondsLeft).toBe(0);
  });

  it('notices at the first claim, and at the first call: neither reserves anything', async () => {
    const [due, code] = [await stage.liveConsent(), await stage.authorizedConsent()];
    await fallDue(stage);
    const [claiming, called, exchanging] = [stage.replica('a'), stage.replica('b'), stage.replica('c')];
    for (const replica of [claiming, called, exchanging]) await replica.start();
    await metAnother(claiming, called, exchanging);
    expect(await claimAll(claiming)).toEqual([]);
    await expect(called.grants.refresh(due, 1, PATIENT)).rejects.toMatchObject({ code: 'grants_paused' });
    await expect(exchanging.grants.exchangeCode(code, PATIENT)).rejects.toMatchObject({
      code: 'grants_paused',
    });
    for (const { pause } of [claiming, called, exchanging]) expect(pause.secondsLeft).toBeGreaterThan(0);
    expect(await stage.statuses(due)).toEqual(['committed']);
    expect(await stage.statuses(code)).toEqual([]);
    expect(stage.bank.requests).toHaveLength(1);
  });

  it('waits for a process that says nothing as long as it may be silent, and no longer', async () => {
    await stage.liveConsent();
    await fallDue(stage);
    stage.longestSilenceMs = 60_000;
    const one = stage.replica('one');
    await one.start();
    await stage.dataSource.query(
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
    const before = stage.replica('before');
    await before.start();
    await before.die();
    await stage.dataSource.query(
      `UPDATE hub.instance SET machine = 'the boot before', name = '', confirmed_run = 'the run before'`,
    );
    for (const file of await readdir(stage.spoolDir)) await rm(path.join(stage.spoolDir, file));
    const after = stage.replica('after');
    await after.start();
    expect(after.pause.secondsLeft).toBe(0);
  });

  it('enters the calls under way again, so that nobody else makes them', async () => {
    const id = await stage.liveConsent();
    const other = await Stage.beside(stage);
    const [here, there] = [stage.replica('here'), other.replica('there')];
    await Promise.all([here.start(), there.start()]);
    const backup = await stage.backup();
    let answer!: () => void;
    const gate = new Promise<void>((open) => (answer = open));
    stage.bank.next(() => gate.then(() => stage.bank.rotate()));
    const first = here.grants.refresh(id, 1, PATIENT);
    while (stage.bank.requests.length < 2) await new Promise(setImmediate);
    const [, sent] = await stage.journal(id);
    await stage.restore(backup);
    const [compareHere, compareThere] = await metAnother(here, there);
    await compareHere?.();
    await compareThere?.();
    await there.instances.beat();
    expect((await stage.journal(id)).at(-1)).toMatchObject({ id: sent?.id, status: 'sent' });
    await expect(there.grants.refresh(id, 1, { waitMs: 300 })).rejects.toMatchObject({
      code: 'grant_in_progress',
    });
    answer();
    await first;
    expect(stage.bank.requests).toHaveLength(2);
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
    await other.leave();
  });

  it('enters the instances again that it knows and the server does not', async () => {
    const other = await Stage.beside(stage);
    const [here, there] = [stage.replica('here'), other.replica('there')];
    await there.start();
    await here.start();
    await stage.dataSource.query(`UPDATE hub.instance SET confirmed_run = 'the run before'`);
    await here.instances.beat();
    await stage.dataSource.query(`DELETE FROM hub.instance`);
    const [compare] = await metAnother(here);
    await compare?.();
    const rows = await stage.dataSource.query<{ owner: string }[]>(
      `SELECT owner FROM hub.instance ORDER BY owner`,
    );
    expect(rows.map(({ owner }) => owner)).toEqual([here.settings.owner, there.settings.owner].sort());
    expect(here.pause.secondsLeft).toBeGreaterThan(0);
    await other.leave();
  });

  it('sends nothing that it has reserved on the run before', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const one = stage.replica('one');
    const claimed = await one.due.claim('belfius', 10);
    expect(claimed).toHaveLength(1);
    await metAnother(one);
    expect(await runAll(claimed)).toEqual(['not_sent']);
    expect(stage.bank.requests).toHaveLength(1);
    expect(await stage.statuses(id)).toEqual(['committed', 'not_sent']);
  });
});
