import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import {
  FAILED_BY_HOUR,
  FailedRequestsQuery,
  LATEST_FAILURES,
  leastKeyAt,
  OPEN_REQUESTS,
} from './failed-requests.query.js';

jest.setTimeout(120_000);

const REQUESTS = 200_000;
const HOUR_MS = 3_600_000;

/** One a second of the last days, nearly all of them committed. */
const FILL = `
  INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, sent_at,
         lease_ends_at, settled_at, http_status, bank_error_code)
  SELECT overlay(overlay(lpad(to_hex((extract(epoch FROM sent) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0')
           placing '-' from 9 for 0) placing '-' from 14 for 0)::uuid,
         ('01900000-0000-7000-8000-' || lpad(to_hex(i % 5000), 12, '0'))::uuid,
         CASE WHEN i % 3 = 0 THEN 'banx' ELSE 'belfius' END, 'refresh_token', status, 1, gen_random_uuid(), 'test', sent, sent,
         CASE WHEN status NOT IN ('sent', 'in_doubt') THEN sent END,
         CASE WHEN status = 'refused' THEN 401 WHEN status = 'probed' THEN 500 END,
         CASE WHEN status = 'refused' THEN 'GEN-1203-100004' END
    FROM (SELECT i, now() - make_interval(secs => i) AS sent,
                 CASE WHEN i % 50 <> 0 THEN 'committed'
                      WHEN i <= 200 THEN (ARRAY['sent', 'in_doubt', 'sent', 'in_doubt'])[i / 50]
                      ELSE (ARRAY['refused', 'probed', 'not_sent'])[i / 50 % 3 + 1] END AS status
            FROM generate_series(1, ${REQUESTS}) i) made`;

let database: TestDatabase;
let dataSource: DataSource;
let query: FailedRequestsQuery;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  await dataSource.query(FILL);
  await dataSource.query('ANALYZE hub.token_request');
  query = new FailedRequestsQuery(dataSource);
});
afterAll(() => database.drop());

const planOf = async (text: string, values: readonly unknown[]) => {
  const [row] = await dataSource.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }[]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    [...values],
  );
  const plan = row?.['QUERY PLAN'][0].Plan ?? {};
  return {
    text: JSON.stringify(plan),
    blocks: (plan['Shared Hit Blocks'] ?? NaN) + (plan['Shared Read Blocks'] ?? NaN),
  };
};
const count = async (sql: string): Promise<number> =>
  (
    await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM hub.token_request ${sql}`)
  )[0]?.count ?? -1;

describe('failed requests in a long journal', () => {
  it('are counted by hour, brand and code', async () => {
    const { counts, isComplete } = await query.ofLast(3);
    expect(isComplete).toBe(true);
    const from = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
    expect(counts.every(({ hour }) => hour.getTime() >= from)).toBe(true);
    const sum = (status: string) =>
      counts.filter((one) => one.status === status).reduce((all, one) => all + one.count, 0);
    for (const status of ['refused', 'probed', 'not_sent', 'in_doubt'])
      expect([status, sum(status)]).toEqual([
        status,
        await count(`WHERE status = '${status}' AND sent_at >= to_timestamp(${from / 1000})`),
      ]);
    expect(new Set(counts.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['refused GEN-1203-100004', 'probed HTTP 500', 'not_sent no answer', 'in_doubt no answer']),
    );
  });

  it('cost what failed in the time asked for, whatever lies before', async () => {
    const { text, blocks } = await planOf(FAILED_BY_HOUR, [leastKeyAt(Date.now() - 3 * HOUR_MS)]);
    expect(text).not.toContain('Seq Scan');
    // Some 220 rows, each on a page of its own at worst, and the way down four times.
    expect(blocks).toBeLessThan(1_000);
  });

  it('are found for some consents by the index of consents', async () => {
    const id = '01900000-0000-7000-8000-0000000000fa';
    const [found] = await query.latestOf([id, id]);
    expect(found).toMatchObject({ consentId: id, status: expect.stringMatching(/refused|probed|not_sent/) });
    const { text, blocks } = await planOf(LATEST_FAILURES, [[id]]);
    expect(text).not.toContain('Seq Scan');
    expect(blocks).toBeLessThan(200);
  });

  it('leave those that are open to the index of open requests, the oldest of each brand first', async () => {
    const open = await query.open(1);
    expect(open.map(({ brand, ofBrand }) => [brand, ofBrand])).toEqual([
      ['banx', 1],
      ['belfius', 3],
    ]);
    expect(open[1]).toMatchObject({ status: 'in_doubt', isOverdue: true });
    const { text, blocks } = await planOf(OPEN_REQUESTS, [10]);
    expect(text).not.toContain('Seq Scan');
    expect(blocks).toBeLessThan(50);
  });
});
