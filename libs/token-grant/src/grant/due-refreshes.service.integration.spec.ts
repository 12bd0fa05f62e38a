import { randomUUID } from 'node:crypto';
import { BankError } from '@consent-hub/bank-client';
import { ScriptedBank } from '@consent-hub/testing';
import { held } from '../../testing/held-call.js';
import { LONG_WAIT, runAll, ReplicasHarness } from '../../testing/replicas.harness.js';

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
const fallsDue = (id: string) =>
  harness.dataSource.query(
    `UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 second' WHERE consent_id = $1`,
    [id],
  );
const schedule = async (id: string) => {
  const [row] = await harness.dataSource.query<Record<'due_in' | 'life' | 'failures' | 'age', number>[]>(
    `SELECT extract(epoch FROM refresh_due_at - now())::float AS due_in,
            extract(epoch FROM access_expires_at - now())::float AS life, refresh_failures AS failures,
            extract(epoch FROM now() - last_used_at)::float AS age
       FROM hub.token_pair WHERE consent_id = $1`,
    [id],
  );
  if (!row) throw new Error('no pair');
  return row;
};

describe('the due time of a pair', () => {
  it('lies ahead of its expiry while the pair is in use, as it is from its first day', async () => {
    const id = await harness.liveConsent();
    const { due_in: dueIn, age } = await schedule(id);
    expect(age).toBeLessThan(60);
    expect(dueIn).toBeGreaterThan(3600 - 900 - 60);
    expect(dueIn).toBeLessThanOrEqual(3600 - 600);
  });

  it('is at two thirds of a short life at the latest', async () => {
    const id = await harness.authorizedConsent();
    harness.bank.next(() => Promise.resolve(harness.bank.rotate({ expires_in: 60 })));
    await harness.replica('one').grants.exchangeCode(id, LONG_WAIT);
    const { due_in: dueIn } = await schedule(id);
    expect(dueIn).toBeLessThanOrEqual(40);
    expect(dueIn).toBeGreaterThan(20);
  });

  it('comes once a day when no caller asks for the pair', async () => {
    const id = await harness.liveConsent();
    await harness.dataSource.query(`UPDATE hub.token_pair SET last_used_at = now() - interval '25 hours'`);
    await harness.replica('one').grants.refresh(id, 1, LONG_WAIT);
    const { due_in: dueIn } = await schedule(id);
    expect(dueIn).toBeGreaterThan(21 * 3600);
    expect(dueIn).toBeLessThanOrEqual(24 * 3600);
  });

  it('differs between pairs that arrived together', async () => {
    const ids = [await harness.liveConsent(), await harness.liveConsent(), await harness.liveConsent()];
    const remaining = await Promise.all(ids.map(async (id) => (await schedule(id)).due_in.toFixed(1)));
    expect(new Set(remaining).size).toBe(3);
  });

  it('is there no more once the consent has failed', async () => {
    const id = await harness.liveConsent();
    harness.bank.next(failing('refresh_token_refused', { httpStatus: 401 }));
    await harness
      .replica('one')
      .grants.refresh(id, 1, LONG_WAIT)
      .catch(() => undefined);
    expect((await harness.stored(id)).tokenPair).toMatchObject({ refreshDueAt: null });
    expect((await harness.stored(id)).tokenPair?.refreshToken).not.toBeNull();
  });
});

describe('a refresh that failed', () => {
  it.each([
    ['never reached the bank', 'not_sent', 'not_sent'],
    ['was refused without ending anything', 'refused', 'request_refused'],
  ] as const)('is due again soon when it %s, and later with each failure', async (_what, outcome, code) => {
    const id = await harness.liveConsent();
    const { due } = harness.replica('one');
    for (let failures = 1; failures <= 3; failures++) {
      await fallsDue(id);
      harness.bank.next(failing(code));
      expect(await runAll(await due.claim('belfius', 1))).toEqual([outcome]);
      const now = await schedule(id);
      expect(now.failures).toBe(failures);
      expect(now.due_in).toBeGreaterThan(0);
      expect(now.due_in).toBeLessThanOrEqual(1 + 10 * 2 ** (failures - 1));
    }
    await fallsDue(id);
    expect(await runAll(await due.claim('belfius', 1))).toEqual(['committed']);
    expect((await schedule(id)).failures).toBe(0);
  });

  it('waits as long as the bank asks for', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    harness.bank.next(failing('busy', { httpStatus: 503, retryAfterSeconds: 300 }));
    await runAll(await harness.replica('one').due.claim('belfius', 1));
    expect((await schedule(id)).due_in).toBeGreaterThan(290);
  });

  it('is tried before the access token ends, however often it failed before', async () => {
    const id = await harness.liveConsent();
    await harness.dataSource.query(
      `UPDATE hub.token_pair SET refresh_failures = 12, refresh_due_at = now(), access_expires_at = now() + interval '2 minutes'`,
    );
    harness.bank.next(failing('not_sent'));
    await runAll(await harness.replica('one').due.claim('belfius', 1));
    expect((await schedule(id)).due_in).toBeLessThan(62);
  });

  it('in doubt is due again by itself when its lease has ended, as one probe', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const { due } = harness.replica('one');
    harness.bank.next(failing('outcome_unknown'));
    expect(await runAll(await due.claim('belfius', 5))).toEqual(['in_doubt']);
    expect((await schedule(id)).due_in).toBeGreaterThan(140);
    await harness.leaseEnds(id);
    await fallsDue(id);
    expect(await runAll(await harness.replica('two').due.claim('belfius', 5))).toEqual(['committed']);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });

  it('returns why the consent ended, when the refresh ended it', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    harness.bank.next(failing('consent_withdrawn', { httpStatus: 403 }));
    const [claimed] = await harness.replica('one').due.claim('belfius', 1);
    expect(await claimed?.run()).toEqual({ outcome: 'ended', reason: 'withdrawn_at_bank' });
    expect(await harness.stored(id)).toMatchObject({ state: 'revoked' });
  });
});

describe('claiming', () => {
  it('takes the longest due first, of one brand, and nothing that is not due', async () => {
    const [late, later, latest] = [
      await harness.liveConsent(),
      await harness.liveConsent(),
      await harness.liveConsent(),
    ];
    await harness.liveConsent();
    for (const [seconds, id] of [
      [30, late],
      [20, later],
      [10, latest],
    ] as const)
      await harness.dataSource.query(
        `UPDATE hub.token_pair SET refresh_due_at = now() - make_interval(secs => $2) WHERE consent_id = $1`,
        [id, seconds],
      );
    const { due } = harness.replica('one');
    expect(await due.claim('banx', 10)).toEqual([]);
    expect((await due.claim('belfius', 2)).map(({ consentId }) => consentId)).toEqual([late, later]);
    expect((await due.claim('belfius', 10)).map(({ consentId }) => consentId)).toEqual([latest]);
    expect(await due.claim('belfius', 10)).toEqual([]);
  });

  it('takes up a refresh whose process was killed, as a probe, and reports it', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    await harness.replica('dead').due.claim('belfius', 1);
    expect(await harness.replica('two').due.claim('belfius', 1)).toEqual([]);
    await harness.leaseEnds(id);
    await fallsDue(id);
    const claimed = await harness.replica('two').due.claim('belfius', 1);
    expect(await runAll(claimed)).toEqual(['committed']);
    const [, taken, probe] = await harness.journal(id);
    expect(taken).toMatchObject({ status: 'probed', outcome: 'owner_silent' });
    expect(probe).toMatchObject({ status: 'committed', probeOf: taken?.id });
    expect(await harness.eventTypes(id)).toContain('grant_in_doubt');
  });

  it('neither waits for a transaction that is ending a consent, nor makes it wait', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const claimed = await harness.dataSource.transaction(async (tx) => {
      await harness.consents.lock(tx, id);
      const mine = await harness.replica('one').due.claim('belfius', 1);
      await harness.consents.move(tx, id, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      });
      return mine;
    });
    expect(await runAll(claimed)).toEqual(['overtaken']);
    expect(await harness.stored(id)).toMatchObject({ state: 'revoked', tokenPair: { accessToken: null } });
  });

  it('does not let those that cannot be claimed stand before the others', async () => {
    const [underWay, unread, ended, good] = [
      await harness.liveConsent(),
      await harness.liveConsent(),
      await harness.liveConsent(),
      await harness.liveConsent(),
    ];
    const { due } = harness.replica('one');
    await fallsDue(underWay);
    await due.claim('belfius', 1);
    await fallsDue(unread);
    await due.claim('belfius', 1);
    await harness.dataSource.query(
      `UPDATE hub.token_request SET status = 'received', raw_answer = '\\x00' WHERE consent_id = $1 AND status = 'sent'`,
      [unread],
    );
    await harness.dataSource.query(
      `UPDATE hub.consent SET state = 'failed', state_reason = 'refresh_refused', ended_at = now() WHERE id = $1`,
      [ended],
    );
    for (const id of [underWay, unread, ended]) {
      await harness.dataSource.query(
        `UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 hour' WHERE consent_id = $1`,
        [id],
      );
    }
    await fallsDue(good);
    const other = harness.replica('two').due;
    expect(await other.claim('belfius', 2)).toEqual([]);
    expect((await other.claim('belfius', 1)).map(({ consentId }) => consentId)).toEqual([good]);
    expect((await schedule(underWay)).due_in).toBeLessThan(-3_000);
    expect((await schedule(unread)).due_in).toBeGreaterThan(1_000);
    expect((await harness.stored(ended)).tokenPair?.refreshDueAt).toBeNull();
  });

  it('finds what becomes due below its lower bound when it scans everything again', async () => {
    const [first, second] = [await harness.liveConsent(), await harness.liveConsent()];
    const { due } = harness.replica('one');
    await fallsDue(first);
    expect(await due.claim('belfius', 5)).toHaveLength(1);
    await harness.dataSource.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 hour' WHERE consent_id = $1`,
      [second],
    );
    const later = performance.now() + 11_000;
    expect(await due.claim('belfius', 5)).toEqual([]);
    jest.spyOn(performance, 'now').mockReturnValue(later);
    expect(await due.claim('belfius', 5)).toHaveLength(1);
  });

  it('shares its call with those in this process who ask for the same pair', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const { due, grants } = harness.replica('one');
    const { gate, release, started, reached } = held();
    harness.bank.next(async () => {
      reached();
      await gate;
      return harness.bank.rotate();
    });
    const run = runAll(await due.claim('belfius', 1));
    const asked = grants.refresh(id, 1, LONG_WAIT);
    await started;
    release();
    await Promise.all([run, asked, harness.replica('two').grants.refresh(id, 1, LONG_WAIT)]);
    expect(harness.bank.livePair).toBe(2);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });

  it('gives back unsent what it holds when the process shuts down', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const { due, grants } = harness.replica('one');
    const claimed = await due.claim('belfius', 1);
    await grants.beforeApplicationShutdown();
    expect(await runAll(claimed)).toEqual(['not_sent']);
    expect(harness.bank.requests).toHaveLength(1);
    await fallsDue(id);
    expect(await runAll(await harness.replica('two').due.claim('belfius', 1))).toEqual(['committed']);
  });

  it('uses the clock of Postgres: a replica whose clock is wrong by an hour claims the same', async () => {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 3_600_000);
    expect(await runAll(await harness.replica('fast').due.claim('belfius', 5))).toEqual(['committed']);
    const { due_in: dueIn, life } = await schedule(id);
    expect(life).toBeGreaterThan(3500);
    expect(dueIn).toBeLessThan(3000);
    expect(await harness.replica('fast').due.claim('belfius', 5)).toEqual([]);
  });
});

describe('many due at once', () => {
  /** Live consents with a pair each, all due, without a call for each. */
  async function dueConsents(count: number): Promise<void> {
    const id = await harness.liveConsent();
    await fallsDue(id);
    const ids = Array.from({ length: count - 1 }, () => randomUUID());
    await harness.dataSource.query(
      `INSERT INTO hub.consent SELECT (jsonb_populate_record(c, jsonb_build_object(
              'id', copy, 'psu_ref', copy, 'callback_state_hash', NULL))).*
         FROM hub.consent c, unnest($1::uuid[]) AS copy WHERE c.id = $2`,
      [ids, id],
    );
    for (const copy of ids) await harness.givePair(copy);
    await harness.dataSource.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() - random() * interval '1 minute'`,
    );
  }

  it.each([2, 4])(
    'are refreshed once each by %i replicas that claim side by side',
    async (replicas) => {
      const COUNT = 500;
      await dueConsents(COUNT);
      const spent = new Map<string, number>();
      const bank = (harness.bank = new ScriptedBank());
      jest.spyOn(bank, 'requestToken').mockImplementation((request) => {
        if (request.grantType === 'refresh_token') {
          const token = request.refreshToken.reveal();
          spent.set(token, (spent.get(token) ?? 0) + 1);
        }
        return Promise.resolve(bank.rotate());
      });
      const outcomes = await Promise.all(
        Array.from({ length: replicas }, async (_, n) => {
          const { due } = harness.replica(`replica-${n}`);
          const all: string[] = [];
          for (;;) {
            const claimed = await due.claim('belfius', 16);
            if (claimed.length === 0) return all;
            all.push(...(await runAll(claimed)));
          }
        }),
      );
      expect(outcomes.flat()).toEqual(Array.from({ length: COUNT }, () => 'committed'));
      expect([...spent.values()].filter((times) => times !== 1)).toEqual([]);
      expect(spent.size).toBe(COUNT);
      const [left] = await harness.dataSource.query<{ left: number }[]>(
        `SELECT count(*)::int AS left FROM hub.token_pair t JOIN hub.consent c ON c.id = t.consent_id
        WHERE t.generation <> 2 OR c.state <> 'refreshed'`,
      );
      expect(left?.left).toBe(0);
    },
    60_000,
  );
});
