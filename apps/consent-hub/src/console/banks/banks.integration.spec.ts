import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

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
beforeEach(() =>
  admin.dataSource.query(
    `UPDATE hub.refresh_circuit_breaker SET status = 'closed', next_canary_at = NULL, paused_at = NULL, paused_by = NULL`,
  ),
);

const path = (action: 'pause' | 'resume', brand = 'belfius') => `/console/banks/${brand}/${action}`;
/** Older than what the page keeps for a moment. */
const page = async (person = operator, query = ''): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  return (await person.get(`/console/banks${query}`)).body;
};
/** Without the sessions, whose last page is dated. */
const dump = async () =>
  (await dumpDatabase(admin.database.url))
    .split('\n')
    .filter((line) => !line.startsWith('"hub"."console_session"'))
    .join('\n');
const breaker = async () =>
  (
    await admin.dataSource.query<{ status: string; paused_by: string | null; resumed_by: string | null }[]>(
      `SELECT status, paused_by, resumed_by FROM hub.refresh_circuit_breaker WHERE brand = 'belfius'`,
    )
  )[0];
const lastAction = async () =>
  (
    await admin.dataSource.query<
      { id: string; action: string; subject: string; reason: string; data: object }[]
    >('SELECT id, action, subject, reason, data FROM hub.admin_action ORDER BY at DESC LIMIT 1')
  )[0];
const lastEvent = async () =>
  (
    await admin.dataSource.query<{ type: string; data: object }[]>(
      'SELECT type, data FROM hub.hub_event ORDER BY position DESC LIMIT 1',
    )
  )[0];
/** As it is after refreshes of these consents were lost. */
async function openWith(consents: readonly string[]): Promise<void> {
  await admin.dataSource.query(
    `UPDATE hub.refresh_circuit_breaker
        SET status = 'open', changed_at = now() - interval '2 minutes', next_canary_at = now() + interval '190 seconds',
            opened_with = $1, recent = '{}' WHERE brand = 'belfius'`,
    [['', '', ...consents]],
  );
}

describe('the page of the banks', () => {
  it('says in plain words why a circuit breaker is open, with its results and when the canary goes', async () => {
    const lost = [await admin.given.live(admin.owner), await admin.given.live(admin.owner)];
    for (const id of lost) await admin.request(id, 'refused');
    await admin.dataSource.query(`UPDATE hub.token_request SET bank_error_code = 'GEN-1203-100004'`);
    await openWith(lost);
    const body = await page(viewer);
    expect(body).toContain(
      'Of the last 4 results 2 count against the bank: refused, or without an answer that can be used (2 × GEN-1203-100004).',
    );
    expect(body).toMatch(/Next canary<\/dt><dd><b><time[^>]*>in 3\u00a0min<\/time>/);
    expect(body.match(/<circle class="f-good"/g)).toHaveLength(2);
    expect(body.match(/<rect class="f-bad" x="\d+" y="0" width="10"/g)).toHaveLength(2);
    const [, table = ''] = /Last results at Belfius, latest first<\/caption>(.*?)<\/table>/s.exec(body) ?? [];
    expect(table.match(/refused by the bank/g)).toHaveLength(2);
    for (const id of lost) expect(table).toContain(`/console/consents/${id}`);
    expect(body).not.toContain('/resume"');
  });

  it('counts the codes of the bank, the same in the plot and in the table', async () => {
    const body = await page(viewer, '?range=7d');
    const [, sum] = /Calls without tokens per hour at Belfius, (\d+) in all/.exec(body) ?? [];
    const [, table = ''] =
      /Codes of Belfius, the most frequent first<\/caption>(.*?)<\/table>/s.exec(body) ?? [];
    const cells = [...table.matchAll(/<td class="n">(\d+)<\/td>/g)].map(([, text]) => Number(text));
    expect(cells.reduce((all, one) => all + one, 0)).toBe(Number(sum));
    expect(Number(sum)).toBeGreaterThan(0);
    expect(body).toContain('Calls of Banx that brought no tokens');
  });

  it('shows the calls in flight, the oldest first', async () => {
    const id = await admin.given.live(admin.owner);
    const requestId = await admin.request(id, 'in_doubt');
    const body = await page(viewer);
    expect(body).toContain(requestId);
    expect(body).toContain('answer lost, is probed next');
  });
});

describe('an operator', () => {
  it('pauses refreshes with a reason, which the audit, the event and the pages show', async () => {
    const { status, headers } = await operator.submit(path('pause'), { reason: 'the bank called' });
    expect([status, headers.get('location')]).toEqual([303, '/console/banks?done=pause&brand=belfius']);
    const action = await lastAction();
    expect(action).toMatchObject({
      action: 'pause_refreshes',
      subject: 'link:otto',
      reason: 'the bank called',
      data: { brand: 'belfius' },
    });
    expect(await lastEvent()).toEqual({
      type: 'hub.refreshes_paused',
      data: {
        brand: 'belfius',
        reason: 'paused_by_admin',
        actor: 'admin:link:otto',
        admin_action: action?.id,
      },
    });
    expect(await breaker()).toMatchObject({ status: 'closed', paused_by: 'admin:link:otto' });
    const { body } = await viewer.get('/console/banks');
    expect(body).toMatch(/Paused by<\/dt><dd><b>link:otto<\/b>.*“the bank called”/s);
    expect((await viewer.get('/console/attention')).body).toContain(
      'A person has paused the refreshes of Belfius',
    );
    expect((await viewer.get('/console/audit')).body).toContain('brand: belfius');
  });

  it('resumes them, and what the circuit breaker has paused too', async () => {
    await openWith([]);
    await operator.submit(path('pause'), { reason: 'first look' });
    const { status } = await operator.submit(path('resume'), { reason: 'the bank is well again' });
    expect(status).toBe(303);
    expect(await breaker()).toEqual({ status: 'half_open', paused_by: null, resumed_by: 'admin:link:otto' });
    expect(await lastEvent()).toMatchObject({
      type: 'hub.refreshes_resumed',
      data: { reason: 'resumed_by_admin', admin_action: (await lastAction())?.id },
    });
  });

  it.each([
    ['resume', 'They are not paused'],
    ['pause', 'They are paused by a person already'],
  ] as const)('that would %s what is so already is refused, and nothing changes', async (action, text) => {
    if (action === 'pause') await operator.submit(path('pause'), { reason: 'before' });
    const before = await dump();
    const { status, body } = await operator.submit(path(action), { reason: 'once more' });
    expect([status, body]).toEqual([409, expect.stringContaining(text)]);
    expect(await dump()).toBe(before);
  });
});

describe('an action on refreshes', () => {
  it.each([
    ['a viewer', () => viewer],
    ['security', () => security],
  ] as const)('of %s is refused', async (_who, person) => {
    await openWith([]);
    const before = await dump();
    for (const action of ['pause', 'resume'] as const)
      for (const { status, body } of [
        await person().get(path(action)),
        await person().submit(path(action), { reason: 'because' }),
      ])
        expect([status, body]).toEqual([403, expect.stringContaining('needs the role operator')]);
    expect(await dump()).toBe(before);
  });

  it('with a forged form, without a reason, or at a bank that there is not changes nothing', async () => {
    const before = await dump();
    const forged = await operator.post(path('pause'), { reason: 'forged', csrf: 'A'.repeat(43) });
    expect([forged.status, forged.body]).toEqual([403, expect.stringContaining('not one of your session')]);
    const empty = await operator.submit(path('pause'), { reason: ' ' });
    expect([empty.status, empty.body]).toEqual([400, expect.stringContaining('aria-invalid')]);
    expect((await operator.submit(path('pause', 'nobank'), { reason: 'because' })).status).toBe(404);
    expect((await operator.get(path('pause', 'nobank'))).status).toBe(404);
    expect(await dump()).toBe(before);
  });
});
