import { randomUUID } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';
import { held } from '../../testing/held-call.js';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));
/** What was spent at the bank, in order. */
const spent = () =>
  harness.bank.requests.map((call) =>
    call.grantType === 'refresh_token' ? call.refreshToken.reveal() : 'code',
  );
const swallow = () => undefined;

/** The first settlement after this meets what `disturb` does to its connection. */
function disturbSettlement(disturb: (tx: EntityManager) => Promise<void>): void {
  const refreshAll = harness.consents.refreshAll.bind(harness.consents);
  jest.spyOn(harness.consents, 'refreshAll').mockImplementationOnce(async (tx, pairs, actor) => {
    await disturb(tx);
    return refreshAll(tx, pairs, actor);
  });
}

describe('a pair that the bank has granted', () => {
  it('is written although the connection breaks between two statements', async () => {
    const id = await harness.liveConsent();
    disturbSettlement(async (tx) => {
      const [backend] = await tx.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await harness.dataSource.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
      while (!tx.queryRunner?.isReleased) await new Promise(setImmediate);
    });
    await harness.replica('one').grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('is written although a statement had to give up waiting', async () => {
    const id = await harness.liveConsent();
    disturbSettlement(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = 50`);
      await tx.query('SELECT pg_sleep(5)');
    });
    await harness.replica('one').grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('stays with the newer consent when the exchange of an older one answers late', async () => {
    const psuRef = randomUUID();
    const [older, newer] = [await harness.authorizedConsent(psuRef), await harness.authorizedConsent(psuRef)];
    const { gate, release, started, reached } = held();
    harness.bank.next(async () => {
      const answer = harness.bank.rotate();
      reached();
      await gate;
      return answer;
    });
    const slow = harness.replica('one').grants.exchangeCode(older, LONG_WAIT).catch(swallow);
    await started;
    await harness.replica('two').grants.exchangeCode(newer, LONG_WAIT);
    release();
    await slow;
    expect(await harness.stored(newer)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
    expect(await harness.stored(older)).toMatchObject({
      state: 'failed',
      stateReason: 'replaced',
      tokenPair: null,
    });
  });

  it('is stored for each of nine successors of one person that finish together, and one of them lives', async () => {
    const psuRef = randomUUID();
    const ids: string[] = [];
    while (ids.length < 9) ids.push(await harness.authorizedConsent(psuRef));
    const all = held();
    let waiting = 0;
    const together = async () => {
      if (++waiting === ids.length) all.release();
      await all.gate;
      return harness.bank.rotate();
    };
    harness.bank.next(...ids.map(() => together));
    const exchanges = ids.map((id, n) =>
      harness.replica(`replica-${n}`).grants.exchangeCode(id, LONG_WAIT).catch(swallow),
    );
    await Promise.all(exchanges);
    const states = await Promise.all(ids.map(async (id) => (await harness.stored(id)).state));
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
    expect(states.filter((state) => state === 'authorized')).toHaveLength(0);
  });
});

describe('a token', () => {
  it('is not spent by a process that was delayed until others had given up on it', async () => {
    const id = await harness.liveConsent();
    const { grants, reservations } = harness.replica('held-up');
    const reserve = reservations.reserve.bind(reservations);
    jest.spyOn(reservations, 'reserve').mockImplementationOnce(async (...wanted) => {
      const reserved = await reserve(...wanted);
      await harness.leaseEnds(id);
      await harness.replica('two').grants.refresh(id, 1, LONG_WAIT);
      const later = performance.now() + 20_000;
      jest.spyOn(performance, 'now').mockReturnValue(later);
      return reserved;
    });
    await grants.refresh(id, 1, LONG_WAIT);
    expect(spent()).toEqual(['code', 'refresh-1']);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it.each([
    ['a gateway gave up while the bank may be at work', { httpStatus: 504, callIsOver: false }],
    ['the answer belongs to another request', { httpStatus: 401, errorCode: 'GEN-1203-100004' }],
  ])('is not spent again before the lease ends where %s', async (_what, context) => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    harness.bank.next(failing('outcome_unknown', context));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(spent()).toEqual(['code', 'refresh-1']);
  });

  it('stays doubtful when its probe never reached the bank', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    harness.bank.next(() => {
      harness.bank.rotate();
      return failing('outcome_unknown')();
    }, failing('not_sent'));
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await harness.leaseEnds(id);
    await grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    expect(await harness.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
  });
});

describe('a late end of a call', () => {
  it('does not block, nor is blocked by, the replica that takes its place', async () => {
    const id = await harness.liveConsent();
    const { gate, release, started, reached } = held();
    harness.bank.next(async () => {
      reached();
      await gate;
      throw new BankError('outcome_unknown');
    });
    const slow = harness.replica('one').grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await started;
    await harness.leaseEnds(id);
    const postpone = harness.consents.postponeRefresh.bind(harness.consents);
    const inside = held();
    jest.spyOn(harness.consents, 'postponeRefresh').mockImplementationOnce(async (...failed) => {
      inside.reached();
      await inside.gate;
      return postpone(...failed);
    });
    release();
    await inside.started;
    const probe = harness.replica('two').grants.refresh(id, 1, LONG_WAIT);
    // Until the other replica waits for a lock, there is nothing to block.
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await harness.dataSource.query<object[]>(waiting)).length === 0) await new Promise(setImmediate);
    inside.release();
    await Promise.all([slow, probe]);
    expect(await harness.accessToken(id)).toBe('access-2');
  });

  it('keeps an unreadable answer even if a probe has taken the place of its request', async () => {
    const id = await harness.liveConsent();
    const { gate, release, started, reached } = held();
    harness.bank.next(async () => {
      reached();
      await gate;
      return { httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true };
    }, failing('outcome_unknown'));
    const slow = harness.replica('one').grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    await started;
    await harness.leaseEnds(id);
    await harness.replica('two').grants.refresh(id, 1, LONG_WAIT).catch(swallow);
    release();
    await slow;
    const [, overtaken] = await harness.journal(id);
    expect(overtaken).toMatchObject({ status: 'probed', rawAnswer: expect.any(Buffer) });
    // Once, however often the spool brings it.
    const { recovery, start } = harness.replica('next');
    await start();
    await recovery.sweep();
    const types = await harness.eventTypes(id);
    expect(types.filter((type) => type === 'grant_unreadable')).toHaveLength(1);
  });
});

describe('shutting down', () => {
  it('waits for what is under way and starts nothing more', async () => {
    const [one, two] = [await harness.liveConsent(), await harness.authorizedConsent()];
    const { grants } = harness.replica('one');
    const { gate, release, started, reached } = held();
    harness.bank.next(async () => {
      reached();
      await gate;
      return harness.bank.rotate();
    });
    const refresh = grants.refresh(one, 1, LONG_WAIT);
    await started;
    const shutdown = grants.beforeApplicationShutdown();
    await expect(grants.exchangeCode(two, LONG_WAIT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    release();
    await Promise.all([refresh, shutdown]);
    expect(spent()).toEqual(['code', 'refresh-1']);
  });
});

describe('the spool', () => {
  it('continues in a new file when another replica has removed the old one', async () => {
    const id = await harness.liveConsent();
    const { grants } = harness.replica('one');
    await grants.refresh(id, 1, LONG_WAIT);
    const old = new Date(Date.now() - 31 * 60_000);
    for (const name of await readdir(harness.spoolDir))
      await utimes(path.join(harness.spoolDir, name), old, old);
    await harness.replica('newcomer').start();
    harness.settlementFails(new Error('killed'));
    await grants.refresh(id, 2, LONG_WAIT).catch(swallow);
    await harness.replica('restarted').start();
    expect(await harness.accessToken(id)).toBe('access-3');
  });

  it('takes an answer that arrives the moment the one before is written', async () => {
    const { spool, sealer } = harness.replica('one');
    const [request] = await harness.journal(await harness.liveConsent());
    if (!request) throw new Error('no request');
    for (const text of ['first', 'second', 'third']) await spool.append(request, { body: new Secret(text) });
    const found = await harness.replica('two').spool.find(request.consentId, 0);
    const opened = found.map((answer) => sealer.openSpooled(answer).body.reveal());
    expect(opened).toEqual(expect.arrayContaining(['first', 'second', 'third']));
  });

  it('restores at the next start what the version before could not read', async () => {
    const id = await harness.authorizedConsent();
    harness.bank.next(() =>
      Promise.resolve({ httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true }),
    );
    await harness.replica('one').grants.exchangeCode(id, LONG_WAIT).catch(swallow);
    jest.spyOn(harness.bank, 'readTokenAnswer').mockReturnValue({
      accessToken: new Secret('access-1'),
      refreshToken: new Secret('refresh-1'),
      expiresInSeconds: 3600,
    });
    await harness.replica('next-version').start();
    expect(await harness.accessToken(id)).toBe('access-1');
    expect(harness.bank.requests).toHaveLength(1);
  });
});
