import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { TOKEN_REQUEST_STATUSES, tokenRequestStatement } from './token-request-search.repository.js';

const REQUESTS = 300_000;
const PAGE = 51;
/** A page that is read row by row takes some hundred. */
const MOST_BLOCKS = 1_000;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

const ID = (number: string): string =>
  `('01900000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Most are committed; of the open ones there is one a consent, and each consent has thirty. */
const FILL = `
  INSERT INTO hub.token_request (id, consent_id, brand, grant_type, status, expected_generation, request_id, owner, sent_at,
         lease_ends_at, settled_at, raw_answer)
  SELECT ${ID('i')}, ${ID('i / 30')}, 'belfius', 'refresh_token', status, 1, gen_random_uuid(), 'test', now(), now(),
         CASE WHEN status NOT IN ('sent', 'received', 'in_doubt') THEN now() END,
         CASE WHEN status = 'received' THEN '\\x00'::bytea END
    FROM (SELECT i, CASE WHEN i % 30 <> 0 THEN 'committed'
                         ELSE (ARRAY['sent', 'received', 'in_doubt', 'refused', 'not_sent', 'probed', 'overtaken'])[i / 30 % 7 + 1]
                    END AS status
            FROM generate_series(1, ${REQUESTS}) i) made`;

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  await dataSource.query(FILL);
  await dataSource.query('ANALYZE hub.token_request');
}, 120_000);
afterAll(() => database.drop());

const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)];

async function costOf(...search: Parameters<typeof tokenRequestStatement>) {
  const { text, values } = tokenRequestStatement(...search);
  const [row] = await dataSource.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    [...values],
  );
  const plan = row?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('the statement was not explained');
  return { nodes: nodesOf(plan), blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
}

describe('a page of very many token requests', () => {
  const consentId = '01900000-0000-7000-8000-000000000fff';
  const SEARCHES = [
    {},
    { consentId },
    { consentId, statuses: ['committed', 'refused'] },
    ...TOKEN_REQUEST_STATUSES.filter((status) => status !== 'sent').map((status) => ({ statuses: [status] })),
    { statuses: TOKEN_REQUEST_STATUSES.filter((status) => status !== 'sent') },
  ] as const;

  it.each(SEARCHES.map((criteria) => [criteria] as const))(
    'scans no table and costs the same for every page: %j',
    async (criteria) => {
      for (const before of [undefined, '01900000-0000-7000-8000-000000020000']) {
        const { nodes, blocks } = await costOf(criteria, PAGE, before);
        expect(nodes).not.toContain('Seq Scan');
        expect(blocks).toBeLessThan(MOST_BLOCKS);
      }
    },
  );

  it('reads of those that are under way no more than all that are open', async () => {
    const { nodes, blocks } = await costOf({ statuses: ['sent'] }, PAGE);
    expect(nodes).not.toContain('Seq Scan');
    expect(blocks).toBeLessThan(REQUESTS / 30);
  });
});
