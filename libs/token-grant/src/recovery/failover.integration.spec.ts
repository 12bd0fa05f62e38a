import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const swallow = () => undefined;
const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));

describe('a failover under running hubs', () => {
  it('costs no pair: the sweep restores every one whose answer was received', async () => {
    const ids = [await harness.liveConsent(), await harness.liveConsent(), await harness.liveConsent()];
    const { grants, recovery, events } = harness.replica('one');
    await recovery.sweep();
    const backup = await harness.backup();
    for (const id of ids) {
      harness.bank.next(() => Promise.resolve(harness.bank.rotate()));
      await grants.refresh(id, 1, LONG_WAIT);
    }
    await recovery.sweep();
    await recovery.sweep();
    await harness.restore(backup);
    const replayed = jest.spyOn(events, 'emit');
    await recovery.sweep();
    for (const [n, id] of ids.entries()) {
      expect(await harness.accessToken(id)).toBe(`access-${n + 4}`);
      expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
      expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
      expect((await harness.lastEvent(id)).data).toMatchObject({ from_spool: true });
    }
    expect(replayed).toHaveBeenCalledWith({ type: 'spool_replayed', count: 3 });
  });

  it('is healed from the first lost commit on, although other commits followed', async () => {
    const [early, late] = [await harness.liveConsent(), await harness.liveConsent()];
    const { grants, recovery } = harness.replica('one');
    const rotate = () => Promise.resolve(harness.bank.rotate());
    harness.bank.next(rotate, rotate, rotate, rotate);
    const backup = await harness.backup();
    await grants.refresh(early, 1, LONG_WAIT);
    await grants.refresh(early, 2, LONG_WAIT);
    await recovery.sweep();
    await harness.restore(backup);
    await grants.refresh(late, 1, LONG_WAIT);
    await recovery.sweep();
    expect(await harness.stored(early)).toMatchObject({ tokenPair: { generation: 3 } });
    expect(await harness.accessToken(early)).toBe('access-4');
    expect(await harness.stored(late)).toMatchObject({ tokenPair: { generation: 2 } });
  });

  it('that lost an activation is healed as well', async () => {
    const id = await harness.authorizedConsent();
    const { grants, recovery } = harness.replica('one');
    const backup = await harness.backup();
    await grants.exchangeCode(id, LONG_WAIT);
    await recovery.sweep();
    await harness.restore(backup);
    expect(await harness.stored(id)).toMatchObject({ state: 'authorized' });
    await recovery.sweep();
    expect(await harness.stored(id)).toMatchObject({ state: 'active' });
    expect(await harness.accessToken(id)).toBe('access-1');
    expect(harness.bank.requests).toHaveLength(1);
  });

  it('whose chain of pairs is on two machines is healed by the one that has the last pair, in either order of their sweeps', async () => {
    const id = await harness.liveConsent();
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const [here, there] = [harness.replica('here'), other.replica('there')];
    const backup = await harness.backup();
    await here.grants.refresh(id, 1, LONG_WAIT);
    await there.grants.refresh(id, 2, LONG_WAIT);
    await here.recovery.sweep();
    await there.recovery.sweep();
    await harness.restore(backup);
    await there.recovery.sweep();
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 3 } });
    await here.recovery.sweep();
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 3 } });
    expect(await harness.accessToken(id)).toBe('access-3');
    expect((await harness.statuses(id)).sort()).toEqual(['committed', 'committed', 'overtaken']);
    await other.leave();
  });

  it('ends no consent whose forgotten pair is refused before the sweep has come', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    const backup = await harness.backup();
    await grants.refresh(id, 1, LONG_WAIT);
    await harness.restore(backup);
    await grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('is healed although another machine was refused the forgotten pair before that', async () => {
    const id = await harness.liveConsent();
    const { grants, recovery } = harness.replica('one');
    const backup = await harness.backup();
    await grants.refresh(id, 1, LONG_WAIT);
    await harness.restore(backup);
    const other = await ReplicasHarness.onAnotherMachine(harness);
    await other.replica('elsewhere').grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'refresh_refused' });
    await recovery.sweep();
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', stateReason: null, endedAt: null });
    expect(await harness.accessToken(id)).toBe('access-2');
    await other.leave();
  });
});

describe('a sweep of the spool', () => {
  it('compares nothing with the database while there is no file', async () => {
    const { recovery } = harness.replica('one');
    const [standing, hasEnded] = [
      jest.spyOn(TokenRequestRepository.prototype, 'standing'),
      jest.spyOn(TokenRequestRepository.prototype, 'hasEnded'),
    ];
    await recovery.sweep();
    expect(standing).not.toHaveBeenCalled();
    expect(hasEnded).not.toHaveBeenCalled();
  });

  it('leaves an answer that has just come to the process that received it, for one sweep', async () => {
    const id = await harness.liveConsent();
    const { grants, recovery } = harness.replica('one');
    harness.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await recovery.sweep();
    expect((await harness.stored(id)).tokenPair?.generation).toBe(1);
    await recovery.sweep();
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('hands what it cannot read to the journal, which keeps it', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    harness.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    const read = jest.spyOn(harness.bank, 'readTokenAnswer').mockImplementation(() => {
      throw new BankError('unreadable_answer');
    });
    await harness.replica('successor').start();
    expect(await harness.statuses(id)).toEqual(['committed', 'received']);
    read.mockRestore();
    const [requestId] = (await harness.journal(id)).slice(-1).map((request) => request.requestId);
    const { unreadable } = harness.replica('newer');
    expect(await unreadable.reparse(requestId)).toEqual([{ requestId, consentId: id, result: 'committed' }]);
    expect(await unreadable.reparse(requestId)).toEqual([]);
    expect(await harness.accessToken(id)).toBe('access-2');
  });
});

describe('a probe', () => {
  it('is not sent when the spool of this machine has the answer', async () => {
    const id = await harness.liveConsent();
    const [{ grants }, two] = [harness.replica('one'), harness.replica('two')];
    await two.start();
    harness.settlementFails(new Error('killed'));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await harness.leaseEnds(id);
    await two.grants.refresh(id, 1, LONG_WAIT);
    expect(harness.bank.requests).toHaveLength(2);
    expect(await harness.accessToken(id)).toBe('access-2');
    expect(await harness.statuses(id)).toEqual(['committed', 'committed', 'not_sent']);
  });

  it('goes at once when the process that asked is known to have ended, and not while it lives', async () => {
    const id = await harness.liveConsent();
    const doomed = harness.replica('hub');
    await doomed.start();
    harness.bank.next(() => new Promise(() => undefined));
    void doomed.grants.refresh(id, 1, { waitMs: 1 }).catch(swallow);
    while (harness.bank.requests.length < 2) await new Promise(setImmediate);
    const { grants, recovery, start } = harness.replica('hub');
    await start();
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
    await doomed.die();
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    await grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });
});

describe('a late success', () => {
  /** The bank rotates, the answer hangs; then a probe is refused and the consent ends. */
  async function wronglyEnded(id: string, generation: number) {
    let answer!: () => void;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    const granted = harness.bank.rotate();
    harness.bank.next(async () => {
      await gate;
      return granted;
    });
    const { grants } = harness.replica('slow');
    const ask = (by: typeof grants) =>
      generation === 0 ? by.exchangeCode(id, LONG_WAIT) : by.refresh(id, generation, LONG_WAIT);
    const before = harness.bank.requests.length;
    const slow = ask(grants).catch(swallow);
    while (harness.bank.requests.length === before) await new Promise(setImmediate);
    await harness.leaseEnds(id);
    if (generation === 0) harness.bank.next(failing('security_refused', { httpStatus: 401 }));
    const other = await ReplicasHarness.onAnotherMachine(harness);
    await ask(other.replica('probing').grants).catch(swallow);
    await other.leave();
    return async () => {
      answer();
      await slow;
    };
  }

  it('brings a consent back that a probe had called lost', async () => {
    const id = await harness.liveConsent();
    const arrive = await wronglyEnded(id, 1);
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
    await arrive();
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', stateReason: null, endedAt: null });
    expect(await harness.accessToken(id)).toBe('access-2');
    expect((await harness.stored(id)).tokenPair?.refreshDueAt).not.toBeNull();
    expect(await harness.lastEvent(id)).toMatchObject({
      fromState: 'failed',
      toState: 'refreshed',
      data: { late_answer: true, generation: 2 },
    });
  });

  it('brings an exchange back that a probe had called lost', async () => {
    const id = await harness.authorizedConsent();
    const arrive = await wronglyEnded(id, 0);
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'exchange_lost' });
    await arrive();
    expect(await harness.stored(id)).toMatchObject({ state: 'active', stateReason: null, endedAt: null });
    expect(await harness.lastEvent(id)).toMatchObject({ fromState: 'failed', data: { late_answer: true } });
  });

  it('is not stored when the same person has a newer consent by now', async () => {
    const psuRef = 'person';
    const id = await harness.liveConsent(psuRef);
    const arrive = await wronglyEnded(id, 1);
    const newer = await harness.authorizedConsent(psuRef);
    await harness.replica('two').grants.exchangeCode(newer, LONG_WAIT);
    await arrive();
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', tokenPair: { generation: 1 } });
    expect(await harness.stored(newer)).toMatchObject({ state: 'active' });
    expect(await harness.statuses(id)).toEqual(['committed', 'overtaken', 'refused']);
  });
});

describe('what would stay open for ever', () => {
  const age = (id: string, minutes: number) =>
    harness.dataSource.query(
      `UPDATE hub.consent SET authorized_at = now() - make_interval(mins => $2) WHERE id = $1`,
      [id, minutes],
    );

  it('is an exchange that no process could complete: it ends after an hour', async () => {
    const { grants, stale } = harness.replica('one');
    const [lost, recent, unread, underWay] = [
      await harness.authorizedConsent(),
      await harness.authorizedConsent(),
      await harness.authorizedConsent(),
      await harness.authorizedConsent(),
    ];
    harness.bank.next(failing('outcome_unknown'), () =>
      Promise.resolve({ httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true }),
    );
    await grants.exchangeCode(lost, LONG_WAIT).catch(swallow);
    await grants.exchangeCode(unread, LONG_WAIT).catch(swallow);
    harness.bank.next(() => new Promise(() => undefined));
    void grants.exchangeCode(underWay, { waitMs: 1 }).catch(swallow);
    while (harness.bank.requests.length < 3) await new Promise(setImmediate);
    for (const id of [lost, unread, underWay]) await age(id, 61);
    await age(recent, 59);
    await harness.leaseEnds(lost);
    expect(await stale.endLostExchanges()).toBe(1);
    expect(await stale.endLostExchanges()).toBe(0);
    expect(await harness.stored(lost)).toMatchObject({ state: 'failed', stateReason: 'exchange_lost' });
    for (const id of [recent, unread, underWay]) expect((await harness.stored(id)).state).toBe('authorized');
    expect(await stale.closeOfEnded()).toBe(1);
    expect(await harness.statuses(lost)).toEqual(['probed']);
    expect(await harness.statuses(unread)).toEqual(['received']);
  });

  it('is a doubt about a consent that has ended', async () => {
    const id = await harness.liveConsent();
    const { grants, stale } = harness.replica('one');
    harness.bank.next(failing('outcome_unknown'));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await harness.dataSource.transaction((tx) =>
      harness.consents.move(tx, id, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    expect(await stale.closeOfEnded()).toBe(0);
    await harness.leaseEnds(id);
    expect(await stale.closeOfEnded()).toBe(1);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed']);
  });
});
