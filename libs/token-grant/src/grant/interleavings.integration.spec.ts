import { randomUUID } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import type { EntityManager } from 'typeorm';
import { held } from '../testing/held.stage.js';
import { PATIENT, Stage } from '../testing/replicas.stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.strike();
});

const failing =
  (...args: ConstructorParameters<typeof BankError>) =>
  () =>
    Promise.reject(new BankError(...args));
/** What was spent at the bank, in order. */
const spent = () =>
  stage.bank.requests.map((call) =>
    call.grantType === 'refresh_token' ? call.refreshToken.reveal() : 'code',
  );
const swallow = () => undefined;

/** The first settlement after this meets what `disturb` does to its connection. */
function disturbSettlement(disturb: (tx: EntityManager) => Promise<void>): void {
  const refreshAll = stage.consents.refreshAll.bind(stage.consents);
  jest.spyOn(stage.consents, 'refreshAll').mockImplementationOnce(async (tx, pairs, actor) => {
    await disturb(tx);
    return refreshAll(tx, pairs, actor);
  });
}

describe('a pair that the bank has granted', () => {
  it('is written although the connection breaks between two statements', async () => {
    const id = await stage.liveConsent();
    disturbSettlement(async (tx) => {
      const [backend] = await tx.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await stage.dataSource.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
      while (!tx.queryRunner?.isReleased) await new Promise(setImmediate);
    });
    await stage.replica('one').grants.refresh(id, 1, PATIENT);
    expect(await stage.accessToken(id)).toBe('access-2');
  });

  it('is written although a statement had to give up waiting', async () => {
    const id = await stage.liveConsent();
    disturbSettlement(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = 50`);
      await tx.query('SELECT pg_sleep(5)');
    });
    await stage.replica('one').grants.refresh(id, 1, PATIENT);
    expect(await stage.accessToken(id)).toBe('access-2');
  });

  it('stays with the newer consent when the exchange of an older one answers late', async () => {
    const psuRef = randomUUID();
    const [older, newer] = [await stage.authorizedConsent(psuRef), await stage.authorizedConsent(psuRef)];
    const { gate, release, started, reached } = held();
    stage.bank.next(async () => {
      const answer = stage.bank.rotate();
      reached();
      await gate;
      return answer;
    });
    const slow = stage.replica('one').grants.exchangeCode(older, PATIENT).catch(swallow);
    await started;
    await stage.replica('two').grants.exchangeCode(newer, PATIENT);
    release();
    await slow;
    expect(await stage.stored(newer)).toMatchObject({ state: 'active', tokenPair: { generation: 1 } });
    expect(await stage.stored(older)).toMatchObject({
      state: 'failed',
      stateReason: 'replaced',
      tokenPair: null,
    });
  });

  it('is stored for each of nine successors of one person that finish together, and one of them lives', async () => {
    const psuRef = randomUUID();
    const ids: string[] = [];
    while (ids.length < 9) ids.push(await stage.authorizedConsent(psuRef));
    const all = held();
    let waiting = 0;
    const together = async () => {
      if (++waiting === ids.length) all.release();
      await all.gate;
      return stage.bank.rotate();
    };
    stage.bank.next(...ids.map(() => together));
    const exchanges = ids.map((id, n) =>
      stage.replica(`replica-${n}`).grants.exchangeCode(id, PATIENT).catch(swallow),
    );
    await Promise.all(exchanges);
    const states = await Promise.all(ids.map(async (id) => (await stage.stored(id)).state));
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
    expect(states.filter((state) => state === 'authorized')).toHaveLength(0);
  });
});

describe('a token', () => {
  it('is not spent by a process that was held up until others had given up on it', async () => {
    const id = await stage.liveConsent();
    const { grants, reservations } = stage.replica('held-up');
    const reserve = reservations.reserve.bind(reservations);
    jest.spyOn(reservations, 'reserve').mockImplementationOnce(async (...wanted) => {
      const reserved = await reserve(...wanted);
      await stage.leaseEnds(id);
      await stage.replica('two').grants.refresh(id, 1, PATIENT);
      const later = performance.now() + 20_000;
      jest.spyOn(performance, 'now').mockReturnValue(later);
      return reserved;
    });
    await grants.refresh(id, 1, PATIENT);
    expect(spent()).toEqual(['code', 'refresh-1']);
    expect((await stage.stored(id)).tokenPair?.generation).toBe(2);
  });

  it.each([
    ['a gateway gave up while the bank may be at work', { httpStatus: 504, callIsOver: false }],
    ['the answer belongs to another request', { httpStatus: 401, errorCode: 'GEN-1203-100004' }],
  ])('is not spent again before the lease is over where %s', async (_what, context) => {
    const id = await stage.liveConsent();
    const { grants } = stage.replica('one');
    stage.bank.next(failing('outcome_unknown', context));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    await expect(grants.refresh(id, 1, PATIENT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(spent()).toEqual(['code', 'refresh-1']);
  });

  it('stays doubtful when its probe never reached the bank', async () => {
    const id = await stage.liveConsent();
    const { grants } = stage.replica('one');
    stage.bank.next(() => {
      stage.bank.rotate();
      return failing('outcome_unknown')();
    }, failing('not_sent'));
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    await stage.leaseEnds(id);
    await grants.refresh(id, 1, PATIENT).catch(swallow);
    expect(await stage.stored(id)).toMatchObject({ state: 'failed', stateReason: 'rotation_lost' });
  });
});

describe('a late end of a call', () => {
  it('does not block, nor is blocked by, the replica that takes its place', async () => {
    const id = await stage.liveConsent();
    const { gate, release, started, reached } = held();
    stage.bank.next(async () => {
      reached();
      await gate;
      throw new BankError('outcome_unknown');
    });
    const slow = stage.replica('one').grants.refresh(id, 1, PATIENT).catch(swallow);
    await started;
    await stage.leaseEnds(id);
    const postpone = stage.consents.postponeRefresh.bind(stage.consents);
    const inside = held();
    jest.spyOn(stage.consents, 'postponeRefresh').mockImplementationOnce(async (...failed) => {
      inside.reached();
      await inside.gate;
      return postpone(...failed);
    });
    release();
    await inside.started;
    const probe = stage.replica('two').grants.refresh(id, 1, PATIENT);
    // Until the other replica waits for a lock, there is nothing to block.
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await stage.dataSource.query<object[]>(waiting)).length === 0) await new Promise(setImmediate);
    inside.release();
    await Promise.all([slow, probe]);
    expect(await stage.accessToken(id)).toBe('access-2');
  });

  it('keeps an unreadable answer even if a probe has taken the place of its request', async () => {
    const id = await stage.liveConsent();
    const { gate, release, started, reached } = held();
    stage.bank.next(async () => {
      reached();
      await gate;
      return { httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true };
    }, failing('outcome_unknown'));
    const slow = stage.replica('one').grants.refresh(id, 1, PATIENT).catch(swallow);
    await started;
    await stage.leaseEnds(id);
    await stage.replica('two').grants.refresh(id, 1, PATIENT).catch(swallow);
    release();
    await slow;
    const [, overtaken] = await stage.journal(id);
    expect(overtaken).toMatchObject({ status: 'probed', rawAnswer: expect.any(Buffer) });
    // Once, however often the spool brings it.
    const { recovery, start } = stage.replica('next');
    await start();
    await recovery.sweep();
    const types = await stage.eventTypes(id);
    expect(types.filter((type) => type === 'grant_unreadable')).toHaveLength(1);
  });
});

describe('shutting down', () => {
  it('waits for what is under way and starts nothing more', async () => {
    const [one, two] = [await stage.liveConsent(), await stage.authorizedConsent()];
    const { grants } = stage.replica('one');
    const { gate, release, started, reached } = held();
    stage.bank.next(async () => {
      reached();
      await gate;
      return stage.bank.rotate();
    });
    const refresh = grants.refresh(one, 1, PATIENT);
    await started;
    const shutdown = grants.beforeApplicationShutdown();
    await expect(grants.exchangeCode(two, PATIENT)).rejects.toMatchObject({ code: 'bank_unavailable' });
    release();
    await Promise.all([refresh, shutdown]);
    expect(spent()).toEqual(['code', 'refresh-1']);
  });
});

describe('the spool', () => {
  it('goes on in a new file when another replica has removed the old one', async () => {
    const id = await stage.liveConsent();
    const { grants } = stage.replica('one');
    await grants.refresh(id, 1, PATIENT);
    const old = new Date(Date.now() - 31 * 60_000);
    for (const name of await readdir(stage.spoolDir)) await utimes(path.join(stage.spoolDir, name), old, old);
    await stage.replica('newcomer').start();
    stage.settlementFails(new Error('killed'));
    await grants.refresh(id, 2, PATIENT).catch(swallow);
    await stage.replica('restarted').start();
    expect(await stage.accessToken(id)).toBe('access-3');
  });

  it('takes an answer that arrives the moment the one before is written', async () => {
    const { spool, sealer } = stage.replica('one');
    const [request] = await stage.journal(await stage.liveConsent());
    if (!request) throw new Error('no request');
    for (const text of ['first', 'second', 'third']) await spool.append(request, { body: new Secret(text) });
    const found = await stage.replica('two').spool.find(request.consentId, 0);
    const opened = found.map((answer) => sealer.openSpooled(answer).body.reveal());
    expect(opened).toEqual(expect.arrayContaining(['first', 'second', 'third']));
  });

  it('brings back at the next start what the version before could not read', async () => {
    const id = await stage.authorizedConsent();
    stage.bank.next(() =>
      Promise.resolve({ httpStatus: 200, body: new Secret('{"access_token":'), responseIdMatches: true }),
    );
    await stage.replica('one').grants.exchangeCode(id, PATIENT).catch(swallow);
    jest.spyOn(stage.bank, 'readTokenAnswer').mockReturnValue({
      accessToken: new Secret('access-1'),
      refreshToken: new Secret('refresh-1'),
      expiresInSeconds: 3600,
    });
    await stage.replica('next-version').start();
    expect(await stage.accessToken(id)).toBe('access-1');
    expect(stage.bank.requests).toHaveLength(1);
  });
});
