import { ManyConsents } from '../testing/many-consents.harness.js';
import { ERASURES, ErasureRegister } from './erasure-register.query.js';

jest.setTimeout(120_000);

const CONSENTS = 20_000;
/** Consents that one transaction erased. */
const AT_ONCE = 4;
const SHOWN = 20;
/** A sort that goes on while it reads is some groups ahead. */
const MOST_ROWS = 2 * SHOWN * AT_ONCE;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

describe('the register of erasures, where most consents were erased', () => {
  let many: ManyConsents;
  beforeAll(async () => {
    many = await ManyConsents.create(CONSENTS);
    const runner = many.dataSource.createQueryRunner();
    // Without the triggers of an erasure, of which the register reads the moment alone.
    await runner.query('SET session_replication_role = replica');
    await runner.query(
      `WITH old AS (
         SELECT id, row_number() OVER (ORDER BY ended_at, id) AS n FROM hub.consent WHERE ended_at IS NOT NULL
       )
       UPDATE hub.consent c
          SET erased_at = date_trunc('second', now()) - make_interval(mins => (n / ${AT_ONCE})::int), psu_ref = 'erased-' || n,
              iban = NULL, language = NULL, return_url = NULL, callback_state_hash = NULL, browser_key_hash = NULL
         FROM old WHERE old.id = c.id`,
    );
    await runner.query('RESET session_replication_role');
    await runner.query('VACUUM ANALYZE hub.consent');
    await runner.release();
  });
  afterAll(() => many.database.drop());

  /** How many rows the busiest node of the plan has given, and what read the consents. */
  const readOf = async (before: string | null): Promise<{ rows: number; nodes: string }> => {
    const [row] = await many.dataSource.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${ERASURES}`,
      [SHOWN + 1, before],
    );
    const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
    const nodes = nodesOf((row as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan);
    return {
      rows: Math.max(...nodes.map((node) => node['Actual Rows'] * node['Actual Loops'])),
      nodes: nodes.map((node) => node['Node Type']).join(', '),
    };
  };

  it('reads not many more consents than it shows, on its first page and on one far behind', async () => {
    const [{ count = 0, middle = '' } = {}] = await many.dataSource.query<
      { count: number; middle: string }[]
    >(
      `SELECT count(*)::int AS count, to_char(percentile_disc(0.5) WITHIN GROUP (ORDER BY erased_at) AT TIME ZONE 'UTC',
              'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS middle FROM hub.consent WHERE erased_at IS NOT NULL`,
    );
    expect(count).toBeGreaterThan(CONSENTS / 4);
    const { items, next } = await new ErasureRegister(many.dataSource).page(SHOWN);
    expect(items.map(({ consents }) => consents)).toContain(AT_ONCE);
    for (const before of [null, next, middle]) {
      const { rows, nodes } = await readOf(before);
      expect(rows).toBeLessThanOrEqual(MOST_ROWS);
      expect(nodes).not.toContain('Seq Scan');
    }
  });
});
