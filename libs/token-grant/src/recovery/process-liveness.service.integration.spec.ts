import { randomBytes } from 'node:crypto';
import { BankError } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import { DatabaseClock } from '../request/database-clock.service.js';
import { LONG_WAIT, runAll, ReplicasHarness, type Replica } from '../../testing/replicas.harness.js';
import { TokenGrantSettings } from '../token-grant.settings.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const query = <T>(sql: string, values: unknown[] = []) => harness.dataSource.query<T[]>(sql, values);
const fallDue = () => query(`UPDATE hub.token_pair SET refresh_due_at = now() - interval '1 s'`);
/** The moment by the monotonic clock of this process moves on. */
const passes = (ms: number) => {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + ms);
};
const SILENCE_MS = 60_000;

/** A consent whose refresh another process has reserved and not settled; the process is on a machine that no process here can reach. */
async function reservedFarAway({ leaseIsOver = true, hasRow = true } = {}): Promise<string> {
  const id = await harness.liveConsent();
  if (hasRow)
    await query(
      `INSERT INTO hub.instance (owner, name, machine, spool_dir, key_ids)
       VALUES ('far.1.a', 'far', 'another machine', '/spool', '{k1}') ON CONFLICT DO NOTHING`,
    );
  await query(
    `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
            sent_at, lease_ends_at)
     VALUES (gen_random_uuid(), $1, 'belfius', 'refresh_token', 'sent', 1, gen_random_uuid(), 'far.1.a', now(),
             now() + make_interval(secs => $2))`,
    [id, leaseIsOver ? -1 : 100],
  );
  return id;
}

async function observer(): Promise<Replica> {
  harness.longestSilenceMs = SILENCE_MS;
  const replica = harness.replica('observer');
  await replica.start();
  await replica.recovery.sweep();
  return replica;
}

describe('the request of another process', () => {
  it('is never taken while that process lives, also after its lease', async () => {
    const id = await harness.liveConsent();
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const living = other.replica('living');
    await living.start();
    harness.bank.next(() => new Promise(() => undefined));
    void living.grants.refresh(id, 1, { waitMs: 1 }).catch(() => undefined);
    while (harness.bank.requests.length < 2) await new Promise(setImmediate);
    await query(`UPDATE hub.token_request SET lease_ends_at = now() - interval '1 hour'`);
    const { recovery, due } = await observer();
    await fallDue();
    passes(SILENCE_MS + 1);
    await recovery.sweep();
    expect(await due.claim('belfius', 10)).toEqual([]);
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
    await other.leave();
  });

  it.each([
    ['has a row', true],
    ['has none', false],
  ])('is taken after the longest silence of a process that %s, to be probed once', async (_what, hasRow) => {
    const id = await reservedFarAway({ hasRow });
    const { instances, recovery, due, status } = await observer();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
    passes(SILENCE_MS + 1);
    await beatInTime(instances);
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    expect((await harness.lastEvent(id)).data).toMatchObject({ outcome: 'owner_silent' });
    expect(status.read().requestsTakenOver).toBe(1);
    expect(await runAll(await due.claim('belfius', 10))).toEqual(['committed']);
    expect(await harness.statuses(id)).toEqual(['committed', 'probed', 'committed']);
  });

  it('is not taken before its lease ends, although its process is silent', async () => {
    const id = await reservedFarAway({ leaseIsOver: false });
    const { instances, recovery } = await observer();
    passes(SILENCE_MS + 1);
    await beatInTime(instances);
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
  });

  it('is not taken from a process whose heartbeat moves, nor if it has moved since it was observed', async () => {
    const id = await reservedFarAway();
    const { instances, recovery } = await observer();
    await query(`UPDATE hub.instance SET beat = beat + 1 WHERE owner = 'far.1.a'`);
    passes(SILENCE_MS + 1);
    // Not observed yet: the statement that takes compares it.
    Object.assign(instances, { writtenAt: performance.now() });
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
    await beatInTime(instances);
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
  });

  it('is not taken by one that could not write its own heartbeat: it starts the measurement again', async () => {
    const id = await reservedFarAway();
    const { instances, recovery } = await observer();
    passes(SILENCE_MS + 1);
    await instances.beat();
    await recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'sent']);
  });

  /** A heartbeat of a process that could write all the while. */
  async function beatInTime(instances: Replica['instances']): Promise<void> {
    Object.assign(instances, { writtenAt: performance.now() });
    await instances.beat();
  }
});

describe('a process that has ended', () => {
  it('has its spool read from another directory of the machine before its requests are taken', async () => {
    const [answered, unanswered] = [await harness.liveConsent(), await harness.liveConsent()];
    const other = await ReplicasHarness.onAnotherMachine(harness);
    const doomed = other.replica('doomed');
    await doomed.start();
    other.settlementFails(new Error('killed'));
    harness.bank.next(() => Promise.resolve(harness.bank.rotate()));
    await doomed.grants.refresh(answered, 1, LONG_WAIT).catch(() => undefined);
    harness.bank.next(() => new Promise(() => undefined));
    void doomed.grants.refresh(unanswered, 1, { waitMs: 1 }).catch(() => undefined);
    while (harness.bank.requests.length < 4) await new Promise(setImmediate);
    await doomed.die();

    const successor = harness.replica('successor');
    await successor.start();
    expect(await harness.stored(answered)).toMatchObject({
      state: 'refreshed',
      tokenPair: { generation: 2 },
    });
    expect(await harness.statuses(unanswered)).toEqual(['committed', 'in_doubt']);
    expect(successor.pause.secondsLeft).toBe(0);
    await other.leave();
  });
});

describe('a reservation whose statement was cut off', () => {
  /** A row under the name of that process, which it has no call for. */
  async function openRow(id: string, { settings }: Replica): Promise<string> {
    const [row] = await query<{ id: string }>(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              sent_at, lease_ends_at)
       VALUES (gen_random_uuid(), $1, 'belfius', 'refresh_token', 'sent', 1, gen_random_uuid(), $2, now(),
               now() + interval '100 s') RETURNING id`,
      [id, settings.owner],
    );
    return row?.id ?? '';
  }

  it('is given back by its own process, which never sent it', async () => {
    const id = await harness.liveConsent();
    const one = harness.replica('one');
    await one.start();
    one.own.abandon([await openRow(id, one)]);
    await one.recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'not_sent']);
    await one.grants.refresh(id, 1, LONG_WAIT);
    expect(await harness.stored(id)).toMatchObject({ tokenPair: { generation: 2 } });
  });

  it('is left in doubt where a failover has forgotten how it ended', async () => {
    const id = await harness.liveConsent();
    const one = harness.replica('one');
    await one.start();
    await openRow(id, one);
    await one.recovery.sweep();
    expect(await harness.statuses(id)).toEqual(['committed', 'in_doubt']);
    await expect(one.grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
  });

  it('is not confused with one that is about to be sent', async () => {
    const id = await harness.liveConsent();
    await fallDue();
    const one = harness.replica('one');
    const claimed = await one.due.claim('belfius', 10);
    await one.recovery.sweep();
    expect(await runAll(claimed)).toEqual(['committed']);
    expect(await harness.statuses(id)).toEqual(['committed', 'committed']);
  });
});

describe('a second hub with the name of another', () => {
  it('takes a name of its own while that one is not known to have ended', async () => {
    const first = harness.replica('hub');
    await first.start();
    const second = harness.replica('hub');
    await second.start();
    expect(first.settings.instance).toBe('hub');
    expect(second.settings.instance).toMatch(/^hub~[0-9a-f]{6}$/);
    expect([first, second].map(({ status }) => status.read().isDuplicate)).toEqual([false, true]);
    await first.die();
    const third = harness.replica('hub');
    await third.start();
    expect(third.settings.instance).toBe('hub');
  });
});

describe('a new key of the vault', () => {
  const key = () => randomBytes(32).toString('base64');

  it('seals nothing before every hub at work can open it', async () => {
    const [oldKey, newKey] = [key(), key()];
    const [before, after] = [`old:${oldKey}`, `new:${newKey},old:${oldKey}`];
    const vaultOf = (keys: string) => new TokenVault(KeyRing.parse(keys));
    Object.assign(harness, { vault: vaultOf(before) });
    const old = harness.replica('old');
    await old.start();
    const renewed = vaultOf(after);
    Object.assign(harness, { vault: renewed });
    const first = harness.replica('first');
    await first.start();
    expect(renewed.currentKeyId).toBe('old');
    await old.die();
    await first.recovery.sweep();
    await first.instances.beat();
    expect(renewed.currentKeyId).toBe('new');
    const binding = { consentId: '', purpose: 'access_token', generation: 1 } as const;
    expect(renewed.open(renewed.seal(new Secret('value'), binding), binding).reveal()).toBe('value');
  });
});

describe('a restored database', () => {
  it.each([0, 1, 3])(
    'gets the latest pair of the spool, %i generations further back or more',
    async (forgotten) => {
      const id = await harness.liveConsent();
      const one = harness.replica('one');
      await one.start();
      const backup = await harness.backup();
      for (let generation = 1; generation <= forgotten + 1; generation++)
        await one.grants.refresh(id, generation, LONG_WAIT);
      const latest = await harness.accessToken(id);
      await one.die();
      await harness.restore(backup);
      await harness.replica('next').start();
      expect(await harness.stored(id)).toMatchObject({
        state: 'refreshed',
        tokenPair: { generation: forgotten + 2 },
      });
      expect(await harness.accessToken(id)).toBe(latest);
      expect(harness.bank.requests).toHaveLength(forgotten + 2);
    },
  );

  it('gets it although it knows no pair of the consent yet, nor the pairs between', async () => {
    const id = await harness.authorizedConsent();
    const backup = await harness.backup();
    const other = await ReplicasHarness.onAnotherMachine(harness);
    await other.replica('gone').grants.exchangeCode(id, LONG_WAIT);
    const one = harness.replica('one');
    await one.grants.refresh(id, 1, LONG_WAIT);
    await harness.restore(backup);
    await other.leave();
    await one.recovery.sweep();
    expect(await harness.stored(id)).toMatchObject({ state: 'active', tokenPair: { generation: 2 } });
    await one.grants.refresh(id, 2, LONG_WAIT);
    expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 3 } });
  });
});

describe('the clock of the database', () => {
  const settings = () =>
    new TokenGrantSettings({
      owner: 'one',
      tokenTimeoutMs: 120_000,
      spoolDir: '/none',
      spoolRetentionMinutes: 30,
    });

  it('ends no lease by a jump, until the longest lease has passed', () => {
    const clock = new DatabaseClock(settings());
    expect(clock.latestMs).toBeNull();
    let now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    clock.note(500_000, now);
    now += 2_000;
    expect(clock.latestMs).toBe(503_000);
    clock.note(802_000, now);
    expect(clock.latestMs).toBe(503_000);
    now += 149_000;
    clock.note(951_000, now);
    expect(clock.latestMs).toBe(952_000);
  });

  it('is never before what the database shows, however late it answers', () => {
    const clock = new DatabaseClock(settings());
    let now = 10_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    clock.note(500_000, now - 8_000);
    now += 2_000;
    clock.note(502_500, now);
    expect(clock.latestMs).toBeGreaterThanOrEqual(502_500);
  });

  it('does not end the lease of a doubt when it jumps', async () => {
    const id = await harness.liveConsent();
    const { grants, instances, due } = harness.replica('one');
    harness.bank.next(() => Promise.reject(new BankError('outcome_unknown')));
    await grants.refresh(id, 1, LONG_WAIT).catch(() => undefined);
    await instances.beat();
    // The same as a clock that shows 300 s more from now on: every lease was dated 300 s earlier.
    await query(`UPDATE hub.token_request SET lease_ends_at = lease_ends_at - interval '300 s'`);
    await fallDue();
    passes(-300_000);
    expect(await due.claim('belfius', 10)).toEqual([]);
    await expect(grants.refresh(id, 1, LONG_WAIT)).rejects.toMatchObject({ code: 'grant_in_doubt' });
    expect(harness.bank.requests).toHaveLength(2);
  });
});
