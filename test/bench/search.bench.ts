import {
  CONSENT_ENTITIES,
  ConsentSearch,
  type SearchCriteria,
  type SearchPosition,
} from '@consent-hub/consent';
import { databaseOptions, newId } from '@consent-hub/platform';
import { DataSource } from 'typeorm';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { median, type Bar } from './statistics.js';

const CONSENTS = 1_000_000;
/** How many one statement writes. */
const BATCH = 50_000;
const PAGE = 50;
const ROUNDS = 5;
/** Reads of each page, in each round. */
const READS = 10;
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

const SEARCHES: Readonly<Record<string, SearchCriteria>> = {
  everything: {},
  'by states': { states: ['active', 'refreshed'] },
  'by scope and brand': { scope: 'CAF', brand: 'banx' },
  'by time of creation': { createdFrom: inDays(-390), createdTo: inDays(-1) },
  'by end of validity': { expiresBefore: inDays(60), states: ['active', 'refreshed'] },
  'what needs attention': { needsAttention: true },
  'what needs none': { needsAttention: false },
};

/** The search of admins: the cost of a late page among very many consents, compared with the first one. */
export async function searchBench(): Promise<Bar[]> {
  const database = await openBenchDatabase();
  await seed(database);
  const dataSource = await new DataSource(
    databaseOptions(database.url, 'consent-hub-bench', CONSENT_ENTITIES),
  ).initialize();
  const middle = await positionAt(database, CONSENTS / 2);
  const ratios: number[] = [];
  for (const [name, criteria] of Object.entries(SEARCHES)) {
    const { first, deep } = await timePages(new ConsentSearch(dataSource), criteria, middle);
    ratios.push(first / deep);
    console.log(`${name}: first page ${first.toFixed(2)} ms, at half a million ${deep.toFixed(2)} ms`);
  }
  await dataSource.destroy();
  await database.drop();
  return [
    {
      title: 'search at 10^6 consents: first page to a deep one, at worst',
      ratio: Math.min(...ratios),
      floor: 1 / 1.2,
      aim: 1 / 1.1,
    },
  ];
}

async function timePages(
  search: ConsentSearch,
  criteria: SearchCriteria,
  after: SearchPosition,
): Promise<{ first: number; deep: number }> {
  const first: number[] = [];
  const deep: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (let read = 0; read < READS; read++) {
      const [one, other] = [await timePage(search, criteria), await timePage(search, criteria, after)];
      // The first round is not measured: pages of the table are read from the disk, connections opened.
      if (round === 0) continue;
      first.push(one);
      deep.push(other);
    }
  }
  return { first: median(first), deep: median(deep) };
}

async function timePage(
  search: ConsentSearch,
  criteria: SearchCriteria,
  after?: SearchPosition,
): Promise<number> {
  const since = performance.now();
  const { items } = await search.page(criteria, PAGE, after);
  if (items.length < PAGE) throw new Error('The page is not full');
  return performance.now() - since;
}

/** Consents of every scope, brand and age; some failed of late, others end soon. */
async function seed({ client }: BenchDatabase): Promise<void> {
  const owner = newId();
  await client.query(
    `INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, 'bench', '{consents:read}')`,
    [owner],
  );
  for (let from = 0; from < CONSENTS; from += BATCH) {
    await client.query(
      `INSERT INTO hub.consent (id, brand, scope, psu_ref, iban, state, state_reason, opened_by, redirect_uri, created_at,
              authorized_at, activated_at, ended_at, consent_expires_at)
       SELECT gen_random_uuid(), brand, scope, 'person-' || n, CASE scope WHEN 'CAF' THEN 'BE' || lpad(n::text, 14, '0') END, state, CASE state WHEN 'failed' THEN 'rotation_lost' END, $1,
              'https://hub.example/callback', created_at, created_at, created_at,
              CASE WHEN state IN ('failed', 'expired') THEN now() - (n % 20) * interval '1 day' END,
              now() + (n % 180 + 1) * interval '1 day'
         FROM (SELECT n, now() - ($2 - n) * interval '400 days' / $2 AS created_at,
                      (ARRAY['belfius', 'banx'])[n % 2 + 1] AS brand, (ARRAY['AIS', 'CAF', 'PIS'])[n % 3 + 1] AS scope,
                      (ARRAY['failed', 'expired', 'expired', 'active', 'refreshed', 'refreshed', 'refreshed'])[n % 7 + 1] AS state
                 FROM generate_series($3::integer, $3::integer + $4::integer - 1) AS n) AS given`,
      [owner, CONSENTS, from, BATCH],
    );
  }
  await client.query('VACUUM ANALYZE hub.consent');
}

/** Where the pages begin that lie behind so many consents. */
async function positionAt({ client }: BenchDatabase, depth: number): Promise<SearchPosition> {
  const { rows } = await client.query<SearchPosition>(
    `SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM hub.consent ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1`,
    [depth],
  );
  const [position] = rows;
  if (!position) throw new Error('There are fewer consents');
  return position;
}
