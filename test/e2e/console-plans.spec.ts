import { DataSource } from 'typeorm';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { fillHub } from '../../apps/consent-hub/testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../apps/consent-hub/testing/console.harness.js';
import { EXPORTS, isGrowing, pagesOf, SLOWLY_GROWING_TABLES } from '../support/console-tour.js';
import {
  costsOf,
  StatementRecorder,
  type RecordedStatement,
  type StatementCost,
} from '../support/statement-recorder.js';

jest.setTimeout(120_000);

const grows = (table: string): boolean => isGrowing(table) || SLOWLY_GROWING_TABLES.includes(table);

/** With the rows of `npm run bench -- console` the planner chooses by itself; with these few it is kept from reading tables whole. */
describe('the pages of the console', () => {
  let admin: AdminHub;
  let visitor: ConsoleVisitor;
  let tour: Readonly<Record<string, string>>;
  /** Of growing tables; one that leaves rows out is as small as the states that it lists are few. */
  let completeIndexes: ReadonlySet<string>;
  beforeAll(async () => {
    // It is asked for, and does not answer.
    admin = await AdminHub.start({ HUB_SANDBOX_URL: 'http://127.0.0.1:1' });
    const { refreshed, webhook } = await fillHub(admin);
    const forgotten = await admin.given.live(admin.owner, { psuRef: 'forgotten' });
    await admin.call('POST', '/v1/erasures', { psu_ref: 'forgotten', revoke: true });
    const requestId = await admin.request(refreshed, 'committed');
    visitor = await ConsoleVisitor.signIn(admin, ['viewer', 'operator', 'security'], 'olga');
    tour = {
      ...pagesOf({
        ...{ consentId: refreshed, requestId, psuRef: 'customer-1001', iban: 'BE68539007547034' },
        ...{ client: 'ledger', clientId: admin.adminId, webhookId: webhook },
      }),
      ...EXPORTS,
      'an erased consent': `/console/consents/${forgotten}`,
    };
    const indexes = await admin.dataSource.query<{ name: string; table: string }[]>(
      `SELECT i.relname AS name, t.relname AS table FROM pg_index x
         JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        WHERE t.relnamespace = 'hub'::regnamespace AND x.indpred IS NULL`,
    );
    completeIndexes = new Set(indexes.filter(({ table }) => grows(table)).map(({ name }) => name));
  });
  afterAll(() => admin.close());

  const readsWhole = ({ scanned, wholeIndexes }: StatementCost): boolean =>
    scanned.some(grows) || wholeIndexes.some((index) => completeIndexes.has(index));

  it('send no statement that needs to read a growing table from its beginning to its end', async () => {
    const recorder = new StatementRecorder(admin.hub.app.get(DataSource));
    for (const path of Object.values(tour)) expect([200, 303]).toContain((await visitor.get(path)).status);
    await visitor.submit('/console/people', { psu_ref: 'customer-1001' });
    recorder.stop();
    expect(recorder.statements.length).toBeGreaterThan(100);
    const costs = await costsOf(admin.dataSource, recorder.statements, true);
    expect(costs.filter(readsWhole)).toEqual([]);
  });

  it.each([
    ['finds a statement without an index', 'SELECT id FROM hub.consent WHERE language = $1', ['fr'], true],
    ['finds one that reads all of an index', 'SELECT id FROM hub.consent ORDER BY created_at, id', [], true],
    ['finds one that sorts all', 'SELECT id FROM hub.consent ORDER BY language LIMIT 5', [], true],
    [
      'lets one pass that reads the first of an index',
      'SELECT id FROM hub.consent ORDER BY created_at LIMIT 5',
      [],
      false,
    ],
  ] as const)('is a test that %s', async (_what, text, values, isFound) => {
    const statement: RecordedStatement = { text, values, settings: [] };
    const [cost] = await costsOf(admin.dataSource, [statement], true);
    expect(cost && readsWhole(cost)).toBe(isFound);
  });
});
