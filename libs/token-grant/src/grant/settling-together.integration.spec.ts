import { randomUUID } from 'node:crypto';
import { LONG_WAIT, ReplicasHarness } from '../../testing/replicas.harness.js';
import { CLAIM_DUE } from '../request/claim.statements.js';

let harness: ReplicasHarness;
beforeEach(async () => {
  harness = await ReplicasHarness.build();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await harness.close();
});

const rotating =
  (extra: object = {}) =>
  () =>
    Promise.resolve(harness.bank.rotate(extra));

describe('pairs that arrive together', () => {
  it('share a transaction, and each has its state, timeline and journal row', async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => harness.liveConsent()));
    harness.bank.next(...ids.map(() => rotating()));
    const refreshAll = jest.spyOn(harness.consents, 'refreshAll');
    const { grants } = harness.replica('one');
    await Promise.all(ids.map((id) => grants.refresh(id, 1, LONG_WAIT)));
    expect(refreshAll.mock.calls.length).toBeLessThan(ids.length);
    for (const id of ids) {
      expect(await harness.stored(id)).toMatchObject({ state: 'refreshed', tokenPair: { generation: 2 } });
      const [, request] = await harness.journal(id);
      expect(request).toMatchObject({ status: 'committed', settledAt: expect.any(Date) });
      expect(await harness.lastEvent(id)).toMatchObject({
        type: 'state_changed',
        fromState: 'active',
        toState: 'refreshed',
        actor: 'hub:token-grant',
        data: { generation: 2, request_id: request?.requestId },
      });
    }
  });

  it('do not fail with the one among them that cannot be written', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => harness.liveConsent()));
    const { gate, open } = gateOf();
    harness.bank.next(
      async () => (await gate, harness.bank.rotate()),
      async () => (await gate, harness.bank.rotate({ scope: 'never' })),
      async () => (await gate, harness.bank.rotate()),
    );
    const read = harness.bank.readTokenAnswer.bind(harness.bank);
    jest.spyOn(harness.bank, 'readTokenAnswer').mockImplementation((body) => ({
      ...read(body),
      ...(body.reveal().includes('never') && { expiresInSeconds: -5 }),
    }));
    const { grants } = harness.replica('one');
    const all = ids.map((id) => grants.refresh(id, 1, LONG_WAIT));
    while (harness.bank.requests.length < 6) await new Promise(setImmediate);
    open();
    const results = await Promise.allSettled(all);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    const generations = await Promise.all(
      ids.map(async (id) => (await harness.stored(id)).tokenPair?.generation),
    );
    expect(generations.sort()).toEqual([1, 2, 2]);
  });

  it.each([
    ['the row of a consent', 'SELECT FROM hub.consent WHERE id = $1 FOR UPDATE'],
    ['the row of its pair', 'SELECT FROM hub.token_pair WHERE consent_id = $1 FOR UPDATE'],
    ['the head of its timeline', 'SELECT FROM hub.consent_timeline WHERE consent_id = $1 FOR UPDATE'],
  ])(
    'are stored while another transaction locks %s among them, which alone waits',
    async (_what, hold) => {
      const ids = await Promise.all([1, 2, 3, 4].map(() => harness.liveConsent()));
      const [stuck = ''] = ids;
      const { grants, status } = harness.replica('one');
      const holder = harness.dataSource.createQueryRunner();
      try {
        const { gate, open } = gateOf();
        harness.bank.next(...ids.map(() => async () => (await gate, harness.bank.rotate())));
        const all = ids.map((id) => grants.refresh(id, 1, LONG_WAIT));
        while (harness.bank.requests.length < 8) await new Promise(setImmediate);
        await holder.startTransaction();
        await holder.query(hold, [stuck]);
        open();
        await Promise.all(all.slice(1));
        for (const id of ids.slice(1)) expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
        expect((await harness.stored(stuck)).tokenPair?.generation).toBe(1);
        expect(status.read().unsettledAnswers).toBe(1);
        // A pair that comes now does not wait for the one that is held.
        harness.bank.next(rotating());
        await grants.refresh(ids[1] ?? '', 2, LONG_WAIT);
        await holder.rollbackTransaction();
        await all[0];
        expect((await harness.stored(stuck)).tokenPair?.generation).toBe(2);
        expect(status.read().unsettledAnswers).toBe(0);
      } finally {
        if (holder.isTransactionActive) await holder.rollbackTransaction();
        await holder.release();
      }
    },
    30_000,
  );

  it('wait for a table that another transaction has locked, and are then stored', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => harness.liveConsent()));
    const { grants } = harness.replica('one');
    const holder = harness.dataSource.createQueryRunner();
    try {
      await holder.startTransaction();
      const { gate, open } = gateOf();
      harness.bank.next(...ids.map(() => async () => (await gate, harness.bank.rotate())));
      const all = ids.map((id) => grants.refresh(id, 1, LONG_WAIT));
      while (harness.bank.requests.length < 6) await new Promise(setImmediate);
      await holder.query('LOCK TABLE hub.token_pair IN SHARE MODE');
      open();
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await harness.dataSource.query<object[]>(waiting)).length === 0)
        await new Promise(setImmediate);
      await holder.rollbackTransaction();
      await Promise.all(all);
      for (const id of ids) expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
    } finally {
      if (holder.isTransactionActive) await holder.rollbackTransaction();
      await holder.release();
    }
  }, 30_000);

  it('do not change a consent that was revoked in the meantime, and store the others', async () => {
    const [revoked, live] = [await harness.liveConsent(), await harness.liveConsent()];
    const { gate, open } = gateOf();
    const waiting = async () => (await gate, harness.bank.rotate());
    harness.bank.next(waiting, waiting);
    const { grants } = harness.replica('one');
    const all = [revoked, live].map((id) => grants.refresh(id, 1, LONG_WAIT).catch(() => undefined));
    while (harness.bank.requests.length < 4) await new Promise(setImmediate);
    await harness.dataSource.transaction((tx) =>
      harness.consents.move(tx, revoked, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    open();
    await Promise.all(all);
    expect(await harness.stored(revoked)).toMatchObject({
      state: 'revoked',
      tokenPair: { accessToken: null },
    });
    expect(await harness.statuses(revoked)).toEqual(['committed', 'overtaken']);
    expect((await harness.stored(live)).tokenPair?.generation).toBe(2);
  });
});

describe('fifty callers at two replicas', () => {
  it('make one call at the bank', async () => {
    const id = await harness.liveConsent();
    const [one, two] = [harness.replica('one').grants, harness.replica('two').grants];
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : two).refresh(id, 1, LONG_WAIT)));
    expect(harness.bank.requests).toHaveLength(2);
    expect((await harness.stored(id)).tokenPair?.generation).toBe(2);
  });
});

describe('the claim', () => {
  it('walks the index of due times and reads no table from end to end', async () => {
    const id = await harness.liveConsent();
    await harness.dataSource.query(
      `INSERT INTO hub.consent SELECT (jsonb_populate_record(c, jsonb_build_object(
              'id', copy, 'psu_ref', copy, 'callback_state_hash', NULL))).*
         FROM hub.consent c, (SELECT gen_random_uuid() AS copy FROM generate_series(1, 5000)) ids WHERE c.id = $1`,
      [id],
    );
    await harness.dataSource.query(
      `INSERT INTO hub.token_pair (consent_id, brand, generation, access_token, refresh_token, key_id, issued_at,
              access_expires_at, refresh_due_at)
       SELECT c.id, c.brand, 1, 'a', 'r', 'k', now(), now() + interval '1 hour', now() + random() * interval '1 hour'
         FROM hub.consent c WHERE c.id <> $1`,
      [id],
    );
    await harness.dataSource.query('ANALYZE hub.consent, hub.token_pair');
    const plan = await harness.dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL plan_cache_mode = force_generic_plan`);
      await tx.query(
        `PREPARE claim (text, timestamptz, bigint, uuid[], uuid[], text, float8, text, text[]) AS ${CLAIM_DUE.text}`,
      );
      const ids = `ARRAY['${randomUUID()}']::uuid[]`;
      return tx.query<Record<string, string>[]>(
        `EXPLAIN EXECUTE claim ('belfius', '-infinity', 100, ${ids}, ${ids}, 'one', 150, 'run', '{k1}')`,
      );
    });
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('Index Scan using token_pair_refresh_due on token_pair');
    expect(text).not.toMatch(/Seq Scan on (token_pair|consent)\b/);
  }, 30_000);
});

function gateOf() {
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return { gate, open };
}
