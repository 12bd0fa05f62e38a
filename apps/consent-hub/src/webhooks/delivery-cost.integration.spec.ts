import { newId } from '@consent-hub/platform';
import { createTestDatabase, GivenConsents, type TestDatabase } from '@consent-hub/testing';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import type { DataSource } from 'typeorm';
import {
  CLAIM_DELIVERIES,
  LOCK_DISPATCH,
  MAKE_DELIVERIES,
  PRUNE_DELIVERIES,
  READ_FIGURES,
  SETTLE_DELIVERIES,
} from './webhook.statements.js';

jest.setTimeout(300_000);

const DELIVERIES = 1_000_000;
const CONSENTS = 100_000;
/** Heads that may be sent now; the others wait for their next attempt. */
const DUE = 1_000;
/** A statement that read the backlog would take ten thousands. */
const MOST_BLOCKS = 3_000;
const INDEXES = ['due', 'order', 'state', 'ended'].map((name) => `webhook_delivery_${name}`);

let database: TestDatabase;
let dataSource: DataSource;
const webhook = newId();

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(CONSENT_ENTITIES);
  const owner = await new GivenConsents(dataSource).caller();
  await dataSource.query(
    `INSERT INTO hub.webhook (id, api_client_id, url, event_types, secret, starts_after)
     VALUES ($1, $2, 'https://receiver.example/', '{consent.in_doubt}', '\\x00', 0)`,
    [webhook, owner.id],
  );
  await fill();
});
afterAll(() => database.drop());

/** Ten events of each consent wait, the first of them for its next attempt. */
async function fill(): Promise<void> {
  const definitions = await dataSource.query<{ indexdef: string }[]>(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'hub' AND indexname = ANY ($1)`,
    [INDEXES],
  );
  expect(definitions).toHaveLength(INDEXES.length);
  for (const name of INDEXES) await dataSource.query(`DROP INDEX hub.${name}`);
  await dataSource.query(
    `INSERT INTO hub.webhook_delivery (webhook_id, position, consent_id, event_id, event_type, is_head, due_at)
     SELECT $1, n, md5((n % ${CONSENTS})::text)::uuid, 'evt_' || n || '_00000000', 'consent.in_doubt', n <= ${CONSENTS},
            now() + CASE WHEN n <= ${DUE} THEN interval '-1 second'
                         WHEN n <= ${CONSENTS} THEN interval '1 hour' ELSE interval '-1 hour' END
       FROM generate_series(1, ${DELIVERIES}) n`,
    [webhook],
  );
  for (const { indexdef } of definitions) await dataSource.query(indexdef);
  await dataSource.query(`ANALYZE hub.webhook_delivery`);
}

interface PlanNode {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Runs a statement as a hub does, with a plan for any parameters, and takes it back. @returns the blocks that it touched */
async function blocksOf(text: string, args: readonly string[]): Promise<number> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  try {
    await runner.query(`SET LOCAL plan_cache_mode = force_generic_plan`);
    await runner.query(`PREPARE measured AS ${text}`);
    const call = args.length > 0 ? `measured (${args.join(', ')})` : 'measured';
    const rows = (await runner.query(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) EXECUTE ${call}`,
    )) as { 'QUERY PLAN': { Plan: PlanNode }[] }[];
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    await runner.query('DEALLOCATE measured');
    return plan ? plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] : Infinity;
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

const quoted = (value: string): string => `'${value}'`;
const lease = newId();

describe('with a million deliveries that wait', () => {
  it('a claim touches what it claims, not what waits for later or behind others', async () => {
    const none = [`'{}'`, `'{}'`];
    const blocks = await blocksOf(CLAIM_DELIVERIES, [quoted(lease), '60', '32', ...none]);
    expect(blocks).toBeLessThan(MOST_BLOCKS);
  });

  it('a claim that finds nothing costs next to nothing', async () => {
    await dataSource.transaction(async (tx) => {
      await tx.query(
        `UPDATE hub.webhook SET state = 'disabled', disabled_reason = 'by_client', disabled_at = now()`,
      );
    });
    expect(await blocksOf(CLAIM_DELIVERIES, [quoted(lease), '60', '32', `'{}'`, `'{}'`])).toBeLessThan(100);
    await dataSource.query(
      `UPDATE hub.webhook SET state = 'enabled', disabled_reason = NULL, disabled_at = NULL`,
    );
  });

  it('a settlement touches what it settles, and the next event of each consent', async () => {
    const positions = Array.from({ length: 100 }, (_, n) => n + 1);
    await dataSource.query(`UPDATE hub.webhook_delivery SET lease = $1 WHERE position <= 100`, [lease]);
    const array = (values: readonly (string | number)[]) => quoted(`{${values.join(',')}}`);
    const blocks = await blocksOf(SETTLE_DELIVERIES, [
      array(positions.map(() => webhook)),
      array(positions),
      array(positions.map(() => lease)),
      array(positions.map(() => 'delivered')),
      array(positions.map(() => 'NULL')),
      array(positions.map(() => 204)),
      array(positions.map(() => 'NULL')),
    ]);
    expect(blocks).toBeLessThan(2 * MOST_BLOCKS);
  });

  it('deliveries of new events are made, figures are read and old ones removed without reading the backlog', async () => {
    expect(await blocksOf(LOCK_DISPATCH, [])).toBeLessThan(100);
    expect(await blocksOf(MAKE_DELIVERIES, ['0', '5000', `'{consent.in_doubt}'`])).toBeLessThan(MOST_BLOCKS);
    expect(await blocksOf(PRUNE_DELIVERIES, ['30', '1000'])).toBeLessThan(100);
    expect(await blocksOf(READ_FIGURES, ['10000'])).toBeLessThan(MOST_BLOCKS);
  });
});
