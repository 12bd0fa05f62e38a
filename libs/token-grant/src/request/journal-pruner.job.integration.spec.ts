import { randomUUID } from 'node:crypto';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { JournalPrunerJob, PRUNE_JOURNAL } from './journal-pruner.job.js';
import { TokenGrantSettings } from '../token-grant.settings.js';
import type { TokenRequestStatus } from './token-request.entity.js';

const RETENTION_DAYS = 400;
const DAY_MS = 86_400_000;
const LONG_AGO = RETENTION_DAYS + 1;
const LATELY = RETENTION_DAYS - 1;

interface GivenRequest {
  readonly status?: TokenRequestStatus;
  /** Generation of the pair that it spent, 0 for a code. */
  readonly spent?: number;
  readonly daysAgo?: number;
  /** Where it took longer to its end than to be sent. */
  readonly settledDaysAgo?: number;
  readonly probeOf?: string;
  readonly keepsAnswer?: boolean;
}

describe('pruning the journal', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let given: GivenConsents;
  let by: Caller;
  let pruner: JournalPrunerJob;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.open(CONSENT_ENTITIES);
    given = new GivenConsents(dataSource);
    by = await given.caller();
    pruner = newPruner();
  });
  afterEach(() => database.drop());

  const newPruner = () =>
    new JournalPrunerJob(
      dataSource,
      new TokenGrantSettings({
        owner: 'hub-1',
        tokenTimeoutMs: 1000,
        spoolDir: '/nowhere',
        spoolRetentionMinutes: 30,
        journalRetentionDays: RETENTION_DAYS,
      }),
    );

  async function request(consentId: string, wanted: GivenRequest = {}): Promise<string> {
    const { status = 'committed', spent = 1, daysAgo = LONG_AGO, settledDaysAgo = daysAgo } = wanted;
    const id = v7({ msecs: Date.now() - daysAgo * DAY_MS });
    const isOpen = ['sent', 'in_doubt', 'received'].includes(status);
    await dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              sent_at, lease_ends_at, settled_at, probe_of, raw_answer)
       VALUES ($1, $2, 'belfius', $3, $4, $5, $6, 'hub-1', now() - make_interval(days => $7),
               now() - make_interval(days => $7), now() - make_interval(days => $8), $9, $10)`,
      [
        id,
        consentId,
        spent === 0 ? 'authorization_code' : 'refresh_token',
        status,
        spent,
        randomUUID(),
        daysAgo,
        isOpen ? null : settledDaysAgo,
        wanted.probeOf ?? null,
        wanted.keepsAnswer ? Buffer.from('sealed') : null,
      ],
    );
    return id;
  }
  const journal = async (): Promise<string[]> => {
    const rows = await dataSource.query<{ id: string }[]>(`SELECT id FROM hub.token_request ORDER BY id`);
    return rows.map(({ id }) => id);
  };
  const refreshedConsent = async (): Promise<string> => {
    const id = await given.live(by);
    await given.refreshed(id);
    return id;
  };
  const endedDaysAgo = async (days: number): Promise<string> => {
    const id = await refreshedConsent();
    const data = { reason: 'refresh_refused' } as const;
    await dataSource.transaction((tx) =>
      given.consents.move(tx, id, { to: 'failed', data, actor: 'hub:test' }),
    );
    await dataSource.query(
      `UPDATE hub.consent SET ended_at = now() - make_interval(days => $2) WHERE id = $1`,
      [id, days],
    );
    return id;
  };

  it('forgets what spent a pair that was replaced since, however it ended, once it is old enough', async () => {
    const id = await refreshedConsent();
    await request(id, { spent: 0 });
    for (const status of ['committed', 'refused', 'not_sent', 'overtaken', 'probed'] as const)
      await request(id, { status });
    const late = await request(id, { daysAgo: LATELY });
    await pruner.run();
    expect(await journal()).toEqual([late]);
  });

  it('keeps what spent the current pair, a doubt about it above all', async () => {
    const id = await refreshedConsent();
    const left = [];
    for (const status of ['probed', 'refused', 'not_sent'] as const)
      left.push(await request(id, { status, spent: 2 }));
    await pruner.run();
    expect(await journal()).toEqual(left.sort());
  });

  it('keeps that a code was sent, which must not be sent again', async () => {
    const left = await request(await given.authorized(by), { spent: 0, status: 'not_sent' });
    await pruner.run();
    expect(await journal()).toEqual([left]);
  });

  it('deletes all requests of a consent that ended as long ago, and none of the last pair of one that has not ended', async () => {
    const over = await endedDaysAgo(LONG_AGO);
    await request(over, { spent: 2, status: 'refused' });
    const ended = await endedDaysAgo(LATELY);
    await request(ended);
    const left = await request(ended, { spent: 2, status: 'refused' });
    await pruner.run();
    expect(await journal()).toEqual([left]);
  });

  it('keeps what has not ended, and answers that could not be read', async () => {
    const [open, over] = [await refreshedConsent(), await endedDaysAgo(LONG_AGO)];
    const left = [
      await request(open, { status: 'in_doubt' }),
      await request(open, { status: 'probed', keepsAnswer: true }),
      await request(over, { status: 'received', spent: 2, keepsAnswer: true }),
    ];
    await pruner.run();
    expect(await journal()).toEqual(left.sort());
  });

  it('decides by the clock of the database, not by the key', async () => {
    const left = await request(await refreshedConsent(), { settledDaysAgo: LATELY });
    await pruner.run();
    expect(await journal()).toEqual([left]);
  });

  it('keeps a doubt for as long as the request that asked in its place', async () => {
    const id = await refreshedConsent();
    const doubt = await request(id, { status: 'probed' });
    const probe = await request(id, { daysAgo: LATELY, probeOf: doubt });
    await pruner.run();
    expect(await journal()).toEqual([doubt, probe]);
    await request(id, { status: 'not_sent', probeOf: doubt });
    await dataSource.query(`DELETE FROM hub.token_request WHERE id = $1`, [probe]);
    await pruner.run();
    expect(await journal()).toEqual([doubt]);
    await pruner.run();
    expect(await journal()).toEqual([]);
  });

  /** Copies of a request, each a second younger than the one before. */
  const copies = (id: string, count: number): Promise<unknown> =>
    dataSource.query(
      `INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner,
              sent_at, lease_ends_at, settled_at)
       SELECT (lpad(to_hex(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint + n * 1000), 12, '0')
               || '7' || lpad(to_hex(n), 19, '0'))::uuid,
              consent_id, brand, grant_type, status, expected_generation, gen_random_uuid(), owner, sent_at,
              lease_ends_at, settled_at
         FROM hub.token_request, generate_series(1, $2) n WHERE id = $1`,
      [id, count],
    );

  it('skips what stays, and deletes what comes after it', async () => {
    const id = await refreshedConsent();
    const left = await request(id, { spent: 2, status: 'refused', daysAgo: LONG_AGO + 30 });
    await copies(left, 2500);
    await request(id);
    await pruner.run();
    expect(await journal()).toHaveLength(2501);
    await request(id, { daysAgo: LONG_AGO + 60 });
    await pruner.run();
    expect(await journal()).toHaveLength(2501);
  });

  it('is shared by several replicas', async () => {
    const id = await refreshedConsent();
    await copies(await request(id, { daysAgo: LONG_AGO + 30 }), 2500);
    await Promise.all(Array.from({ length: 4 }, () => newPruner().run()));
    expect(await journal()).toEqual([]);
  });

  it('reads no table from end to end, and nothing at all where nothing is old', async () => {
    const id = await refreshedConsent();
    await copies(await request(id, { daysAgo: LONG_AGO + 3 }), 20_000);
    await copies(await request(id, { daysAgo: LATELY }), 20_000);
    for (const table of ['token_request', 'token_pair', 'consent'])
      await dataSource.query(`ANALYZE hub.${table}`);
    const explain = async (): Promise<string> => {
      const rows = await dataSource.query<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN (ANALYZE, BUFFERS) ${PRUNE_JOURNAL}`,
        ['00000000-0000-0000-0000-000000000000', RETENTION_DAYS, 1000],
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const plan = await explain();
    expect(plan).toMatch(/using "?[a-zA-Z0-9_]+"? on token_request .*rows=1000/);
    expect(plan).not.toMatch(/Seq Scan on token_request/);
    for (let n = 0; n < 3; n++) await pruner.run();
    await dataSource.query(`VACUUM hub.token_request`);
    const [, blocks = 'none'] = /shared hit=(\d+)/.exec(await explain()) ?? [];
    expect(Number(blocks)).toBeLessThan(20);
  });
});
