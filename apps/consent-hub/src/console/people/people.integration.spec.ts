import { ConsentRepository, HOLDINGS, RECORDS_OF_CONSENTS } from '@consent-hub/consent';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

const IBAN = 'BE68539007547034';
let admin: AdminHub;
let viewer: ConsoleVisitor;
let operator: ConsoleVisitor;
let security: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  viewer = await ConsoleVisitor.signIn(admin, ['viewer'], 'vera');
  operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
  security = await ConsoleVisitor.signIn(admin, ['viewer', 'security'], 'sara');
});
afterAll(() => admin.close());

const path = (id: string, action = '') =>
  `/console/consents/${id}/person${action === '' ? '' : `/${action}`}`;
const consents = () => new ConsentRepository(admin.dataSource);
const audit = (id: string) =>
  admin.dataSource.query<{ id: string; action: string; reason: string; data: Record<string, unknown> }[]>(
    'SELECT id, action, reason, data FROM hub.admin_action WHERE consent_id = $1 ORDER BY at',
    [id],
  );
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
/** Two clients have opened consents for the person. @returns the ids, the newest last */
async function given(psuRef: string): Promise<readonly [string, string]> {
  const other = await admin.given.caller();
  const first = await admin.given.live(admin.owner, { psuRef, scope: 'CAF', iban: IBAN });
  const second = await admin.given.live(other, { psuRef, brand: 'banx' });
  return [first, second];
}

describe('a person', () => {
  it('is found by a form, and shown under the id of a consent: no address holds the name', async () => {
    const [first, second] = await given('anna-1');
    const found = await viewer.submit('/console/people', { psu_ref: ' anna-1 ' });
    const location = found.headers.get('location') ?? '';
    expect([found.status, [path(first), path(second)].includes(location)]).toEqual([303, true]);
    const { body } = await viewer.get(location);
    for (const text of ['anna-1', first, second, '2, of which 2 have not ended'])
      expect(body).toContain(text);
    expect(body).not.toMatch(/(href|action)="[^"]*anna-1/);
    expect((await viewer.get(`/console/consents/${first}`)).body).toContain(`href="${path(first)}"`);
    const unknown = await viewer.submit('/console/people', { psu_ref: 'unknown-person' });
    expect([unknown.status, unknown.body]).toEqual([
      404,
      expect.stringContaining('No consent bears this name'),
    ]);
    const forged = await viewer.post('/console/people', { psu_ref: 'anna-1', csrf: 'A'.repeat(43) });
    expect(forged.status).toBe(403);
  });
});

describe('the export of a person', () => {
  it('is a file with all that is held, account numbers masked, and is recorded in the audit', async () => {
    const [first, second] = await given('bert-1');
    const file = await viewer.submit(path(first, 'export'), { reason: 'asked by the person' });
    expect(file.headers.get('content-disposition')).toBe(
      `attachment; filename="person-${first.slice(-12)}.json"`,
    );
    const held = JSON.parse(file.body) as {
      psu_ref: string;
      consents: { id: string; iban: string; timeline: object[] }[];
    };
    expect(held.psu_ref).toBe('bert-1');
    expect(held.consents.map(({ id }) => id).sort()).toEqual([first, second].sort());
    const caf = held.consents.find(({ id }) => id === first);
    expect(caf).toMatchObject({ iban: 'BE68 •••• 7034', state: 'active' });
    expect(caf?.timeline.length).toBeGreaterThan(1);
    expect(file.body).not.toMatch(/539007547034|refresh_token|access_token/);
    expect(await audit(first)).toMatchObject([
      {
        action: 'export_person',
        reason: 'asked by the person',
        data: { consents: 2, account_numbers: 'masked' },
      },
    ]);
  });

  it('holds account numbers in full for the role security, and the timelines record that', async () => {
    const [first] = await given('carl-1');
    const before = await dump();
    for (const person of [viewer, operator]) {
      const refused = await person.submit(path(first, 'export'), { full: 'on', reason: 'curious' });
      expect([refused.status, refused.body]).toEqual([
        403,
        expect.stringContaining('needs the role security'),
      ]);
    }
    expect(await dump()).toBe(before);
    const file = await security.submit(path(first, 'export'), { full: 'on', reason: 'asked by the person' });
    expect(file.body).toContain(IBAN);
    const [entry] = await audit(first);
    expect(entry).toMatchObject({ data: { account_numbers: 'full' } });
    expect((await consents().events(first)).at(-1)).toMatchObject({
      type: 'account_numbers_revealed',
      actor: 'admin:link:sara',
      data: { admin_action: entry?.id },
    });
  });
});

describe('the erasure of a person', () => {
  it('shows what goes, what stays and what ends, and is a receipt afterwards', async () => {
    const [first, second] = await given('dora-1');
    const preview = await operator.get(path(first, 'erase'));
    for (const text of [
      'What goes',
      'What stays, and why',
      'Consents that end: 2',
      'Type the number of consents, 2',
    ])
      expect(preview.body).toContain(text);
    const done = await operator.submit(path(first, 'erase'), { count: '2', reason: 'request 17' });
    const [entry] = await audit(first);
    const receipt = `/console/people/receipts/${entry?.id}`;
    expect([done.status, done.headers.get('location')]).toEqual([303, receipt]);
    expect(entry).toMatchObject({
      action: 'erase_person',
      reason: 'request 17',
      data: { consents: 2, ended: 2, consent_ids: [first, second].sort() },
    });
    for (const id of [first, second]) {
      expect(await consents().find(id)).toMatchObject({
        state: 'revoked',
        iban: null,
        erasedAt: expect.any(Date),
      });
      expect((await consents().events(id)).slice(-2)).toMatchObject([
        { toState: 'revoked', actor: 'admin:link:otto', data: { admin_action: entry?.id } },
        { type: 'erased', actor: 'admin:link:otto', data: { admin_action: entry?.id } },
      ]);
    }
    expect(await dump()).not.toMatch(/dora-1/);
    const page = await viewer.get(receipt);
    for (const text of [entry?.id ?? '', first, second, 'otto', 'request 17'])
      expect(page.body).toContain(text);
    expect((await viewer.get('/console/audit?action=erase_person')).body).toContain(receipt);
    const again = await operator.submit(path(first, 'erase'), { count: '1', reason: 'request 17' });
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('erased already')]);
    expect((await viewer.get(path(first))).body).toContain('names no person');
  });

  it.each([
    ['a wrong number', { count: '1', reason: 'request 17' }],
    ['no number', { reason: 'request 17' }],
    ['no reason', { count: '2', reason: ' ' }],
  ])('with %s changes nothing, and keeps what was typed in', async (what, fields) => {
    const [id] = await given(`emil-${what.replaceAll(' ', '-')}`);
    const before = await dump();
    const { status, body } = await operator.submit(path(id, 'erase'), fields);
    expect([status, body]).toEqual([400, expect.stringContaining('aria-invalid')]);
    expect(await dump()).toBe(before);
  });

  it('of a viewer, of security alone, and with a forged value is refused', async () => {
    const [id] = await given('fred-1');
    const before = await dump();
    for (const person of [viewer, security])
      for (const { status, body } of [
        await person.get(path(id, 'erase')),
        await person.submit(path(id, 'erase'), { count: '2', reason: 'because' }),
      ])
        expect([status, body]).toEqual([403, expect.stringContaining('needs the role operator')]);
    const forged = await operator.post(path(id, 'erase'), {
      count: '2',
      reason: 'x-site',
      csrf: 'A'.repeat(43),
    });
    expect(forged.status).toBe(403);
    expect(await dump()).toBe(before);
    expect((await viewer.get(path(id))).body).not.toContain(`${path(id)}/erase`);
  });

  it('waits for an exchange that is under way, and leaves no entry in the audit before', async () => {
    const id = await admin.given.authorized(admin.owner, { psuRef: 'gert-1' });
    await admin.request(id, 'sent');
    const before = await dump();
    const { status, body } = await operator.submit(path(id, 'erase'), { count: '1', reason: 'request 18' });
    expect([status, body]).toEqual([409, expect.stringContaining('A call of the bank is under way')]);
    expect(await dump()).toBe(before);
  });

  it('has a receipt for erasures alone', async () => {
    const [row] = await admin.dataSource.query<{ id: string }[]>(
      `SELECT id FROM hub.admin_action WHERE action = 'sign_in' LIMIT 1`,
    );
    expect((await viewer.get(`/console/people/receipts/${row?.id}`)).status).toBe(404);
  });
});

describe('what is read of a person', () => {
  it('is read by index', async () => {
    await admin.dataSource.transaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      for (const [text, value] of [
        [HOLDINGS, 'anna-1'],
        ...Object.values(RECORDS_OF_CONSENTS).map((one) => [one, ['0190d8a0-0000-7000-8000-000000000000']]),
      ] as [string, unknown][]) {
        const plan = await tx.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${text}`, [value]);
        expect(plan.map((line) => line['QUERY PLAN']).join('\n')).not.toContain('Seq Scan');
      }
    });
  });
});
