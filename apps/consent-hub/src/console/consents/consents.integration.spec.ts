import { TokenUseRepository } from '@consent-hub/consent';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

const MANY = 62;
const MARK = '=HYPERLINK("https://evil.example")';
let admin: AdminHub;
let visitor: ConsoleVisitor;
beforeAll(async () => {
  admin = await AdminHub.start();
  for (let number = 0; number < MANY; number++)
    await admin.given.opened(admin.owner, { psuRef: `person-${number}` });
  visitor = await ConsoleVisitor.signIn(admin);
});
afterAll(() => admin.close());

const idsOf = (body: string): string[] =>
  [...body.matchAll(/href="\/console\/consents\/([\da-f-]{36})"/g)].map(([, id = '']) => id);

describe('the search of the console', () => {
  it('goes through all pages, each consent once, and shows how many there are', async () => {
    const found: string[] = [];
    let path: string | undefined = '/console/consents?state=initiated';
    while (path !== undefined) {
      const { status, body } = await visitor.get(path);
      expect([status, body]).toEqual([200, expect.stringMatching(new RegExp(`<b>${MANY}</b> consents`))]);
      found.push(...idsOf(body));
      [, path] = /rel="next" href="([^"]+)"/.exec(body.replaceAll('&amp;', '&')) ?? [];
    }
    expect(found).toHaveLength(MANY);
    expect(new Set(found).size).toBe(MANY);
  });

  it('leads to the consent whose id is typed in', async () => {
    const { id } = await admin.given.opened(admin.owner);
    const { status, headers } = await visitor.get(`/console/consents?q=${id.toUpperCase()}`);
    expect([status, headers.get('location')]).toEqual([303, `/console/consents/${id}`]);
  });

  it.each(['committed', 'in_doubt'])(
    'leads to the consent for which the call with a Request-ID was made: %s',
    async (status) => {
      const id = await admin.given.live(admin.owner);
      const requestId = await admin.request(id, status);
      const { headers } = await visitor.get(`/console/consents?q=${requestId.toUpperCase()}`);
      expect(headers.get('location')).toBe(`/console/consents/${id}`);
    },
  );

  it('finds by the day of the last read, and what was never read', async () => {
    const [today, longAgo, never] = [
      await admin.given.live(admin.owner),
      await admin.given.live(admin.owner),
      await admin.given.live(admin.owner),
    ];
    const schedule = { aheadSeconds: 60, idleHours: 48, keepaliveHours: 24 };
    const uses = new TokenUseRepository(admin.dataSource);
    const useOf = (consentId: string, days: number) => ({
      ...{ consentId, apiClientId: admin.adminId, uses: 2, ageSeconds: days * 86_400 },
    });
    await uses.write([useOf(today, 0), useOf(longAgo, 40)], schedule);
    const found = async (query: string): Promise<string[]> =>
      idsOf((await visitor.get(`/console/consents?${query}`)).body);
    const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    expect(await found(`used_from=${day(1)}`)).toEqual([today]);
    expect(await found(`used_to=${day(10)}`)).toEqual([longAgo]);
    expect(await found(`used_from=${day(60)}`)).toEqual([longAgo, today]);
    const unread = await found('use=never&state=active');
    expect(unread).toContain(never);
    expect(unread).not.toContain(today);
    expect(await found(`use=never&state=active&order=consent_expires_at`)).toEqual(
      expect.arrayContaining([never]),
    );
    await admin.dataSource.transaction((tx) =>
      admin.given.consents.move(tx, never, {
        to: 'revoked',
        data: { reason: 'withdrawn_by_tpp' },
        actor: 'hub:test',
      }),
    );
    expect(await found('use=never&state=active&state=refreshed')).not.toContain(never);
    expect(await found('use=never&state=revoked&scope=AIS&brand=belfius')).toEqual([never]);
    await uses.write([useOf(longAgo, 0)], schedule);
    expect((await found(`used_from=${day(1)}`)).sort()).toEqual([today, longAgo].sort());
  });

  it('finds between two ends of validity, and shows each filter as a chip that can be removed', async () => {
    const id = await admin.given.live(admin.owner);
    await admin.dataSource.query(
      `UPDATE hub.consent SET consent_expires_at = now() + interval '70 days' WHERE id = $1`,
      [id],
    );
    const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
    const { body } = await visitor.get(`/console/consents?expires_from=${at(69)}&expires_before=${at(71)}`);
    expect(idsOf(body)).toEqual([id]);
    expect(body.match(/title="Take this filter away"/g)).toHaveLength(2);
    expect(idsOf((await visitor.get(`/console/consents?expires_from=${at(400)}`)).body)).toEqual([]);
  });

  it.each([
    ['ended_from=2026-02-30', 'This is no date'],
    ['created_from=2026-02-02&created_to=2026-02-01', 'must be later'],
    ['used_from=2026-02-02&used_to=2026-02-01', 'must be later'],
    ['client=no-client-has-this-name', 'There is no API client'],
  ])('says at the field what is wrong: %s', async (query, words) => {
    const { status, body } = await visitor.get(`/console/consents?${query}`);
    expect([status, body]).toEqual([400, expect.stringContaining(words)]);
    expect((await visitor.get(`/console/consents/export?format=csv&${query}`)).status).toBe(400);
  });

  it('refuses a place that no page has given', async () => {
    for (const after of ['x', '2026-13-01T00:00:00.000000Z_0190d8a0-0000-7000-8000-000000000000', ''])
      expect((await visitor.get(`/console/consents?after=${after}`)).status).toBe(400);
  });

  it('shows what was typed in as text', async () => {
    const { body } = await visitor.get(
      `/console/consents?${new URLSearchParams({ q: '"><script>alert(1)</script>' })}`,
    );
    expect(body).not.toContain('<script>alert');
    expect(body).toContain('No consent meets this');
  });
});

describe('an export', () => {
  it('holds what the search finds, as CSV in which no cell is a formula, and as NDJSON', async () => {
    const { id } = await admin.given.opened(admin.owner, { psuRef: MARK });
    const csv = await visitor.get('/console/consents/export?format=csv&state=initiated');
    expect(csv.headers.get('content-disposition')).toBe(
      'attachment; filename="consents_state-initiated.csv"',
    );
    const lines = csv.body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(
      1 +
        (await admin.dataSource.query<unknown[]>(`SELECT FROM hub.consent WHERE state = 'initiated'`)).length,
    );
    expect(lines[0]).toMatch(/^id,brand,scope,psu_ref,/);
    expect(lines.find((line) => line.startsWith(id))).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    const ndjson = await visitor.get(
      `/console/consents/export?${new URLSearchParams({ format: 'ndjson', q: MARK })}`,
    );
    expect(JSON.parse(ndjson.body)).toMatchObject({ id, psu_ref: MARK, state: 'initiated', generation: 0 });
  });

  it('is recorded in the audit with its filter, without what names a person', async () => {
    await visitor.get('/console/consents/export?format=csv&q=person-7&state=failed');
    const [entry] = await admin.dataSource.query<{ data: object }[]>(
      `SELECT data FROM hub.admin_action WHERE action = 'export_consents' ORDER BY at DESC LIMIT 1`,
    );
    expect(entry?.data).toEqual({ format: 'csv', q: 'given', state: 'failed' });
    const audit = await visitor.get('/console/audit?action=export_consents');
    expect(audit.body).toContain('exported consents');
    const exported = await visitor.get('/console/audit/export?format=csv&action=export_consents');
    expect(exported.body.split('\r\n')[0]).toBe('id,at,subject,name,roles,action,reason,consent_id,data');
    const ndjson = await visitor.get('/console/audit/export?format=ndjson&action=export_consents');
    expect(ndjson.headers.get('content-disposition')).toContain('"audit_action-export-consents.ndjson"');
    expect(JSON.parse(ndjson.body.split('\n')[0] ?? '')).toMatchObject({
      action: 'export_consents',
      data: { q: 'given' },
    });
  });

  it('has account numbers in full for the role security alone', async () => {
    const iban = 'BE68539007547034';
    await admin.given.opened(admin.owner, { scope: 'CAF', iban, psuRef: 'with-account' });
    const path = '/console/consents/export?format=csv&q=with-account';
    const masked = await visitor.get(path);
    expect(masked.body).toContain('BE68 •••• 7034');
    expect(masked.body).not.toContain(iban);
    const security = await ConsoleVisitor.signIn(admin, ['security'], 'eva');
    const full = await security.get(path);
    expect(full.body).toContain(`,${iban},`);
    expect(full.headers.get('content-disposition')).toBe(
      'attachment; filename="consents-with-account-numbers_q-given.csv"',
    );
  });

  it('is not made in a format that is not known, of the audit neither', async () => {
    for (const path of ['consents', 'audit'])
      expect((await visitor.get(`/console/${path}/export?format=xml`)).status).toBe(400);
  });
});

describe('the audit', () => {
  it('is searched by index, whatever is asked', async () => {
    const { pageStatement } = await import('../audit/admin-action.repository.js');
    await admin.dataSource.query(
      `INSERT INTO hub.admin_action (id, at, subject, name, roles, session_id, action, consent_id)
       SELECT gen_random_uuid(), now() - n * interval '1 minute', 'subject-' || n % 1000, 'name', ARRAY['viewer'], gen_random_uuid(),
              CASE n % 500 WHEN 0 THEN 'revoke_consent' ELSE 'sign_in' END, CASE n % 500 WHEN 0 THEN gen_random_uuid() END
         FROM generate_series(1, 50000) n`,
    );
    await admin.dataSource.query('ANALYZE hub.admin_action');
    const [row] = await admin.dataSource.query<{ id: string }[]>(
      'SELECT consent_id AS id FROM hub.admin_action WHERE consent_id IS NOT NULL LIMIT 1',
    );
    for (const filter of [
      {},
      { action: 'revoke_consent' },
      { subject: 'subject-7' },
      { consentId: row?.id ?? '' },
      { from: new Date(0) },
    ] as const) {
      const { text, values } = pageStatement(filter, 51);
      const plan = await admin.dataSource.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${text}`, [...values]);
      const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(lines).not.toMatch(/Seq Scan/);
    }
  });
});
