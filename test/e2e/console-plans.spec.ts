import { DataSource } from 'typeorm';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { fillHub } from '../../apps/consent-hub/testing/busy-console.harness.js';
import { ConsoleVisitor } from '../../apps/consent-hub/testing/console.harness.js';
import { isGrowing, tourOf } from '../support/console-tour.js';
import { costsOf, StatementRecorder, type RecordedStatement } from '../support/statement-recorder.js';

jest.setTimeout(120_000);

/** With the rows of `npm run bench -- console` the planner chooses by itself; with these few it is kept from reading tables whole. */
describe('the pages of the console', () => {
  let admin: AdminHub;
  let visitor: ConsoleVisitor;
  let tour: Readonly<Record<string, string>>;
  beforeAll(async () => {
    admin = await AdminHub.start();
    const { refreshed } = await fillHub(admin);
    const requestId = await admin.request(refreshed, 'committed');
    visitor = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'olga');
    tour = tourOf({
      ...{
        consentId: refreshed,
        requestId,
        psuRef: 'customer-1001',
        iban: 'BE68539007547034',
        client: 'ledger',
      },
    });
  });
  afterAll(() => admin.close());

  it('send no statement that needs to read a growing table from its beginning to its end', async () => {
    const recorder = new StatementRecorder(admin.hub.app.get(DataSource));
    for (const path of Object.values(tour)) expect([200, 303]).toContain((await visitor.get(path)).status);
    recorder.stop();
    expect(recorder.statements.length).toBeGreaterThan(100);
    const costs = await costsOf(admin.dataSource, recorder.statements, true);
    expect(costs.filter(({ scanned }) => scanned.some(isGrowing))).toEqual([]);
  });

  it('would be found out: a statement without an index is one that reads the table', async () => {
    const statement: RecordedStatement = {
      text: 'SELECT id FROM hub.consent WHERE language = $1',
      values: ['fr'],
      settings: [],
    };
    const [cost] = await costsOf(admin.dataSource, [statement], true);
    expect(cost?.scanned.some(isGrowing)).toBe(true);
  });
});
