import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

const [KEPT, LEFT, NEW] = ['BE68539007547034', 'BE83063154780915', 'BE49091200881571'] as const;
let admin: AdminHub;
let visitor: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  visitor = await ConsoleVisitor.signIn(admin);
});
afterAll(() => admin.close());

const page = async (id: string, query = ''): Promise<string> => {
  const { status, body } = await visitor.get(`/console/consents/${id}${query}`);
  expect(status).toBe(200);
  return body;
};
const withAccounts = (id: string, ibans: readonly string[]): Promise<unknown> =>
  admin.dataSource.transaction((tx) =>
    admin.given.consents.replaceAccounts(
      tx,
      id,
      ibans.map((iban) => ({ iban, logicalId: `logical-${iban}` })),
    ),
  );

describe('the page of one consent', () => {
  it('shows the calls of the bank with both request ids, how they ended and how long they took', async () => {
    const id = await admin.given.live(admin.owner);
    const requestId = await admin.request(id, 'refused');
    await admin.dataSource.query(
      `UPDATE hub.token_request SET http_status = 400, bank_error = 'invalid_grant', bank_error_code = '20001', outcome = 'refresh_token_refused',
              caller_request_id = 'order-17', settled_at = sent_at + interval '312 milliseconds' WHERE request_id = $1`,
      [requestId],
    );
    const body = await page(id);
    for (const shown of [
      requestId,
      'order-17',
      '400',
      'refresh token refused · invalid grant · 20001',
      '>312<',
    ])
      expect(body).toContain(shown);
  });

  it('names the API clients that read its token, the latest first', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.keyOf('ledger', ['tokens:read']);
    await admin.keyOf('scoring', ['tokens:read']);
    await admin.dataSource.query(
      `INSERT INTO hub.token_use (consent_id, api_client_id, uses, last_used_at)
       SELECT $1, id, 1234, now() - CASE name WHEN 'ledger' THEN interval '3 minutes' ELSE interval '2 days' END
         FROM hub.api_client WHERE name IN ('ledger', 'scoring')`,
      [id],
    );
    const body = await page(id);
    expect(body).toMatch(/>ledger<.*3\u00a0min ago.*1\u202f234.*>scoring<.*2\u00a0d ago/s);
    expect(await page(await admin.given.live(admin.owner))).toContain('No API client has read it');
  });

  it('compares the accounts with those of the consent before, and of the one after', async () => {
    const before = await admin.given.live(admin.owner, { psuRef: 'renews' });
    await withAccounts(before, [KEPT, LEFT]);
    const after = await admin.given.live(admin.owner, { psuRef: 'renews' });
    await withAccounts(after, [KEPT, NEW]);
    const difference = '+\u00a0BE49 •••• 1571, −\u00a0BE83 •••• 0915';
    expect(await page(after)).toMatch(
      new RegExp(`took over from.*${before}.*${difference.replace('+', '\\+')}`, 's'),
    );
    expect(await page(before)).toMatch(
      new RegExp(`taken over by.*${after}.*${difference.replace('+', '\\+')}`, 's'),
    );
    await withAccounts(before, [KEPT, NEW]);
    expect(await page(after)).toContain('the same accounts');
  });

  it('lights the path that the consent has gone', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.given.refreshed(id);
    await admin.given.refreshed(id);
    const body = await page(id);
    expect(body).toContain('refreshed: reached 2 times');
    expect(body).toContain('revoked: not reached');
    // initiated → authorized → active → refreshed ⟲
    expect(body.match(/class="edge walked/g)).toHaveLength(4);
  });

  it('folds refreshes in a row, and shows every entry where all are asked for', async () => {
    const id = await admin.given.live(admin.owner);
    for (let times = 0; times < 3; times++) await admin.given.refreshed(id);
    expect(await page(id)).toContain('Refreshed 3 times, generation 2 to 4');
    const full = await page(id, '?timeline=full');
    expect(full).not.toContain('Refreshed 3 times');
    expect(full.match(/refreshed → <b>refreshed/g)).toHaveLength(2);
  });

  it('says that the timeline was verified only where it is as it was written', async () => {
    const id = await admin.given.live(admin.owner);
    expect(await page(id)).toMatch(/computed again at \d{4}-.*3 entries, verified/s);
    await admin.tamper(
      `UPDATE hub.consent_event SET actor = 'hub:other' WHERE consent_id = $1 AND seq = 2`,
      id,
    );
    const body = await page(id);
    expect(body).toContain('entry 2 changed');
    expect(body).not.toContain('verified<');
  });
});
