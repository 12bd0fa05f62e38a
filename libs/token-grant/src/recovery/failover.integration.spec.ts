import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { PATIENT, Stage } from '../testing/replicas.stage.js';
import { TokenJournal } from '../request/token-journal.js';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.strike();
});

const swallow = () => undefined;
const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));

describe('a failover under running hubs', () => {
  it('costs no pair: the sweep brings back every one that was heard', async () => {
    const ids = [await stage.liveConsent(), await stage.liveConsent(), await stage.liveConsent()];
    const { grants, recovery, observer } = stage.replica('one');
    await recovery.sweep();
    const backup = await stage.backup();
    for (const id of ids) {
      stage.bank.next(() => Promise.resolve(stage.bank.rotate()));
      await grants.refresh(id, 1, PATIENT);
    }
    await recovery.sweep();
    await recovery.sweep();
    await stage.restore(backup);
    const replayed = jest.spyOn(observer, 'spoolReplayed');
    await recovery.sweep();
    for (const [n, id] of ids.entries()) {
      expect(await stage.accessToken(id)).toBe(`access-${n + 4}`);
      expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
      expect(await stage.statuses(id)).toEqual(['committed', 'committed']);
      expect((await stage.lastEvent(id)).data).toMatchObject({ from_spool: true });
    }
    expect(replayed).toHaveBeenCalledWith(3);
  });

  it('is healed from the first lost commit on, whatever was written since', async () => {
    const [early, late] = [await stage.liveConsent(), await stage.liveConsent()];
    const { grants, recovery } = stage.replica('one');
    const rotate = () => Promise.resolve(stage.bank.rotate());
    stage.bank.next(rotate, rotate, rotate, rotate);
    const backup = await stage.backup();
    await grants.refresh(early, 1, PATIENT);
    await grants.refresh(early, 2, PATIENT);
    await recovery.sweep();
    await stage.restore(backup);
    await grants.refresh(late, 1, PATIENT);
    await recovery.sweep();
    expect(await stage.stored(early)).toMatchObject({ tokenPair: { generation: 3 } });
    expect(await stage.accessToken(early)).toBe('access-4');
    expect(await stage.stored(late)).toMatchObject({ tokenPair: { generation: 2 } });
  });

  it('that lost an activation is healed as well', async () => {
    const id = await stage.authorizedConsent();
    const { grants, recovery } = stage.replica('one');
    const backup = await stage.backup();
    await grants.exchangeCode(id, PATIENT);
    await recovery.sweep();
    await stage.restore(backup);
    expect(await stage.stored(id)).toMatchObject({ state: 'authorized' });
    await recovery.sweep();
    expect(await stage.stored(id)).toMatchObject({ state: 'active' });
    expect(await stage.accessToken(id)).toBe('access-1');
    expect(stage.bank.requests).toHaveLength(1);
  });

  it('whose chain of pairs lies on two machines is healed by whoever has the last of them, whoever looks first', async () => {
    const id = await stage.liveConsent();
    const other = await Stage.beside(stage);
    const [here, there] = [stage.replica('here'), other.replica('there')];
    const backup = await stage.backup();
    await here.grants.refresh(id, 1, PATIENT);
    await there.grants.refresh(id, 2, PATIENT);
    await here.recovery.sweep();
    await there.recovery.sweep();
    await stage.restore(backup);
    await there.recovery.sweep();
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 3 } });
    await here.recovery.sweep();
    expect(await stage.stored(id)).toMatchObject({ tokenPair: { generation: 3 } });
    expect(await stage.accessToken(id)).toBe('access-3');
    expect((await stage.statuses(id)).sort()).toEqual(['committed', 'committed', 'overtaken']);
    await other.leave();
  });

  it('ends no consent whose forgotten pair is refused before the sweep has come', async () => {
    const id = await stage.liveConsent();
    const { grants } = stage.replica('one');
    const backup = await stage.backup();
    await grants.refresh(id, 1, PATIENT);
    await stage.restore(backup);
    await grants.refresh(id, 1, PATIENT);
    expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await stage.accessToken(id)).toBe('access-2');
  });

  it('is made good although another machine was refused the forgotten pair meanwhile', async () => {
    const id = await stage.liveConsent();
    const { grants, recovery } = stage.replica('one');
    const backup = await stage.backup();
    await grants.refresh(id, 1, PATIENT);
    await stage.restore(backup);
    const other = await Stage.beside(stage);
    await other.replica('elsewhere').grants.refresh(id, 1, PATIENT).catch(swallow);
    expect(await stage.stored(id)).toMatchObject({ state: 'failed', stateReason: 'refresh_refused' });
    await recovery.sweep();
    expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', stateReason: null, endedAt: null });
    expect(await stage.accessToken(id)).toBe('access-2');
    await other.leave();
  });
});

describe('a sweep of the spool', () => {
  it('compares nothing with the database while there is no file', async () => {
    const { recovery } = stage.replica('one');
    const [standing, hasEnded] = [
      jest.spyOn(TokenJournal.prototype, 'standing'),
      jest.spyOn(TokenJournal.prototype, 'hasEnded'),
    ];
    await recovery.sweep();
    expect(standing).not.toHaveBeenCalled();
    expect(hasEnded).not.toHaveBeenCalled();
  });

  it('leaves an answer that has just come to the process that heard it, for one turn', async () => {
    const id = await stage.liveConsent();
    const { grants, recovery } = stage.replica('one');
    stage.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    await recovery.sweep();
    expect((await stage.stored(id)).tokenPair?.generation).toBe(1);
    await recovery.sweep();
    expect((await stage.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('hands what it cannot read to the journal, which keeps it', async () => {
    const id = await stage.liveConsent();
    const { grants } = stage.replica('one');
    stage.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    const read = jest.spyOn(stage.bank, 'readTokenAnswer').mockImplementation(() => {
      throw new BankError('unreadable_answer');
    });
    await stage.replica('successor').start();
    expect(await stage.statuses(id)).toEqual(['committed', 'received']);
    read.mockRestore();
    const [requestId] = (await stage.journal(id)).slice(-1).map((request) => request.requestId);
    const { kept } = stage.replica('newer');
    expect(await kept.reparse(requestId)).toEqual([{ requestId, consentId: id, result: 'committed' }]);
    expect(await kept.reparse(requestId)).toEqual([]);
    expect(await stage.accessToken(id)).toBe('access-2');
  });
});

describe('a probe', () => {
  it('is not sent when the spool of this machine has the answer', async () => {
    const id = await stage.liveConsent();
    const [{ grants }, two] = [stage.replica('one'), stage.replica('two')];
    await two.start();
    stage.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    await stage.leaseEnds(id);
    await two.grants.refresh(id, 1, PATIENT);
    expect(stage.bank.requests).toHaveLength(2);
    expect(await stage.accessToken(id)).toBe('access-2');
    expect(await stage.statuses(id)).toEqual(['committed', 'committed', 'not_sent']);
  });

  it('goes at once when the process that asked is known to be dead, and not while it lives', async () => {
    const id = await stage.liveConsent();
    const doomed = stage.replica('hub');
    await doomed.start();
    stage.bank.next(() => new Promise(() => undefined));
    void doomed.grants.refresh(id, 1, { waitMs: 1 }).catch(swallow);
    while (stage.bank.requests.length < 2) await new Promise(setImmediate);
    const { grants, recovery, start } = stage.replica('hub');
    await start();
    await recovery.sweep();
    expect(await stage.statuses(id)).toEqual(['committed', 'sent']);
    await doomed.die();
    await recovery.sweep();
    expect(await stage.statuses(id)).toEqual(['committed', 'in_doubt']);
    await grants.refresh(id, 1, PATIENT);
    expect(await stage.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });
});

describe('a late success', () => {
  /** The bank rotates, the answer hangs; meanwhile a probe is refused and the consent ends. */
  async function wronglyEnded(id: string, generation: number) {
    let answer!: () => void;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    const granted = stage.bank.rotate();
    stage.bank.next(async () => {
      await gate;
      return granted;
    });
    const { grants } = stage.replica('slow');
    const ask = (by: typeof grants) =>
      generation === 0 ? by.exchangeCode(id, PATIENT) : by.refresh(id, generation, PATIENT);
    const before = stage.bank.requests.length;
    const slow = ask(grants).catch(swallow);
    while (stage.bank.requests.length === before) await new Promise(setImmediate);
    await stage.leaseEnds(id);
    if (generation === 0) stage.bank.next(failing('security_refused', { httpStatus: 401 }));
    const other = await Stage.beside(stage);
    await ask(other.replica('probing').grants).catch(swallow);
    await other.leave();
    return async () => {
      answer();
      await slow;
    };
  }

  it('brings a consent back that a probe had called lost', async () => {
    const id = await stage.liveConsent();
    const arrive = await wronglyEnded(id, 1);
    expect(await stage.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
    await arrive();
    expect(await stage.stored(id)).toMatchObject({ state: 'refreshed', stateReason: null, endedAt: null });
    expect(await stage.accessToken(id)).toBe('access-2');
    expect((await stage.stored(id)).tokenPair?.refreshDueAt).not.toBeNull();
    expect(await stage.lastEvent(id)).toMatchObject({
      fromState: 'failed',
      toState: 'refreshed',
      data: { late_answer: true, generation: 2 },
    });
  });

  it('brings an exchange back that a probe had called lost', async () => {
    const id = await stage.authorizedConsent();
    const arrive = await wronglyEnded(id, 0);
    expect(await stage.stored(id)).toMatchObject({ state: 'failed', stateReason: 'exchange_lost' });
    await arrive();
    expect(await stage.stored(id)).toMatchObject({ state: 'active', stateReason: null, endedAt: null });
    expect(await stage.lastEvent(id)).toMatchObject({ fromState: 'failed', data: { late_answer: true } });
  });

  it('is not stored when the same person has a newer consent by now', async () => {
    const psuRef = 'person';
    const id = await stage.liveConsent(psuRef);
    const arrive = await wronglyEnded(id, 1);
    const newer = await stage.authorizedConsent(psuRef);
    await stage.replica('two').grants.exchangeCode(newer, PATIENT);
    await arrive();
    expect(await stage.stored(id)).toMatchObject({ state: 'failed', tokenPair: { generation: 1 } });
    expect(await stage.stored(newer)).toMatchObject({ state: 'active' });
    expect(await stage.statuses(id)).toEqual(['committed', 'overtaken', 'refused']);
  });
});

describe('what would stay open for ever', () => {
  const age = (id: string, minutes: number) =>
    stage.dataSource.query(
      `UPDATE hub.consent SET authorized_at = now() - make_interval(mins => $2) WHERE id = $1`,
      [id, minutes],
    );

  it('is an exchange that nobody could complete: it ends after an hour', async () => {
    const { grants, stale } = stage.replica('one');
    const [lost, recent, kept, underWay] = [
      await stage.authorizedConsent(),
      await stage.authorizedConsent(),
      await stage.authorizedConsent(),
      await stage.authorizedConsent(),
    ];
    stage.bank.next(failing('outcome_unknown'), () =>
      Promise.resolve({ httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true }),
    );
    await grants.exchangeCode(lost, PATIENT).catch(swallow);
    await grants.exchangeCode(kept, PATIENT).catch(swallow);
    stage.bank.next(() => new Promise(() => undefined));
    void grants.exchangeCode(underWay, { waitMs: 1 }).catch(swallow);
    while (stage.bank.requests.length < 3) await new Promise(setImmediate);
    for (const id of [lost, kept, underWay]) await age(id, 61);
    await age(recent, 59);
    await stage.leaseEnds(lost);
    expect(await stale.endLostExchanges()).toBe(1);
    expect(await stale.endLostExchanges()).toBe(0);
    expect(await stage.stored(lost)).toMatchObject({ state: 'failed', stateReason: 'exchange_lost' });
    for (const id of [recent, kept, underWay]) expect((await stage.stored(id)).state).toBe('authorized');
    expect(await stale.closeOfEnded()).toBe(1);
    expect(await stage.statuses(lost)).toEqual(['probed']);
    expect(await stage.statuses(kept)).toEqual(['received']);
  });

  it('is a doubt about a consent that has ended', async () => {
    const id = await stage.liveConsent();
    const { grants, stale } = stage.replica('one');
    stage.bank.next(failing('outcome_unknown'));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    await stage.dataSource.transaction((tx) =>
      stage.consents.move(tx, id, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor: 'hub:test' }),
    );
    expect(await stale.closeOfEnded()).toBe(0);
    await stage.leaseEnds(id);
    expect(await stale.closeOfEnded()).toBe(1);
    expect(await stage.statuses(id)).toEqual(['committed', 'probed']);
  });
});
