import { PATIENT, runAll, Stage, type Replica } from './replicas.stage.js';

const GRACE_MS = 300;

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.build();
  stage.failoverGraceMs = GRACE_MS;
});
afterEach(() => stage.strike());

const fallDue = (at: Stage) =>
  at.dataSource.query(`UPDATE hub.token_set SET refresh_due_at = now() - interval '1 s'`);
const claimAll = async ({ due }: Replica) => runAll(await due.claim('belfius', 10));
/** What a replica knows after its database server was replaced by the one that answers now. */
const failsOver = ({ grace }: Replica) => grace.saw('the server before');
const graceEnds = async ({ grace }: Replica) => {
  while (grace.secondsLeft > 0) await new Promise((next) => setTimeout(next, 10));
};

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
      expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenSet: { generation: 2 } });
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
    expect(await stage.stored(id)).toMatchObject({ tokenSet: { generation: 2 } });
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
    expect(await stage.stored(id)).toMatchObject({ tokenSet: { generation: 2 } });
  });
});

describe('a replica whose database server was replaced', () => {
  it('spends nothing until the spools of all machines are replayed', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const other = await Stage.beside(stage);
    const [here, there] = [stage.replica('here'), other.replica('there')];
    await Promise.all([here.start(), there.start()]);
    const backup = await stage.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    failsOver(here);
    failsOver(there);

    expect(await claimAll(here)).toEqual([]);
    await expect(here.grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({
      code: 'bank_unavailable',
      context: { retryAfterSeconds: 1 },
    });
    expect(await stage.statuses(id)).toEqual(['committed']);
    await there.replay.sweep();
    await here.replay.sweep();
    await graceEnds(here);
    expect(await claimAll(here)).toEqual([]);
    await here.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenSet: { generation: 2 } });
    await other.leave();
  });

  it('spends nothing either when it has started since, until the spools of the others are replayed', async () => {
    const id = await stage.liveConsent();
    await fallDue(stage);
    const other = await Stage.beside(stage);
    const there = other.replica('there');
    await there.start();
    const backup = await stage.backup();
    expect(await claimAll(there)).toEqual(['committed']);
    const asked = stage.bank.requests.length;
    await stage.restore(backup);
    await stage.dataSource.query(`DELETE FROM hub.database_server`);
    const newcomer = stage.replica('newcomer');
    await newcomer.start();

    expect(await claimAll(newcomer)).toEqual([]);
    await expect(newcomer.grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    await there.replay.sweep();
    await graceEnds(newcomer);
    expect(await claimAll(newcomer)).toEqual([]);
    await newcomer.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(asked);
    expect(await stage.stored(id)).toMatchObject({ tokenSet: { generation: 2 } });
    await other.leave();
  });

  it('need not wait where nobody else was at work, nor where it is known already', async () => {
    const alone = stage.replica('alone');
    await alone.start();
    expect(alone.grace.secondsLeft).toBe(0);
    const id = await stage.liveConsent();
    await alone.grants.refresh(id, 1, PATIENT);
    const second = stage.replica('second');
    await second.start();
    expect(second.grace.secondsLeft).toBe(0);
  });

  it('notices at the first claim, and at the first call: neither reserves anything', async () => {
    const [due, code] = [await stage.liveConsent(), await stage.authorizedConsent()];
    await fallDue(stage);
    const [claiming, called, exchanging] = [stage.replica('a'), stage.replica('b'), stage.replica('c')];
    for (const replica of [claiming, called, exchanging]) failsOver(replica);
    // The name given is the first that they meet: no grace by itself.
    expect([claiming, called, exchanging].map(({ grace }) => grace.secondsLeft)).toEqual([0, 0, 0]);
    expect(await claimAll(claiming)).toEqual([]);
    await expect(called.grants.refresh(due, 1, PATIENT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    await expect(exchanging.grants.exchangeCode(code, PATIENT)).rejects.toMatchObject({
      code: 'bank_unavailable',
    });
    expect([claiming, called, exchanging].map(({ grace }) => grace.secondsLeft)).toEqual([1, 1, 1]);
    expect(await stage.statuses(due)).toEqual(['committed']);
    expect(await stage.statuses(code)).toEqual([]);
    expect(stage.bank.requests).toHaveLength(1);
  });

  it('goes on after the grace, and not before a sweep of its own', async () => {
    await stage.liveConsent();
    await fallDue(stage);
    stage.failoverGraceMs = 0;
    const one = stage.replica('one');
    failsOver(one);
    expect(await claimAll(one)).toEqual([]);
    expect(await claimAll(one)).toEqual([]);
    await one.replay.sweep();
    expect(await claimAll(one)).toEqual(['committed']);
  });

  it('was not replaced when it is the first that a hub meets', async () => {
    await stage.liveConsent();
    await fallDue(stage);
    const one = stage.replica('one');
    await one.start();
    expect(one.grace.secondsLeft).toBe(0);
    expect(await claimAll(one)).toEqual(['committed']);
  });
});
