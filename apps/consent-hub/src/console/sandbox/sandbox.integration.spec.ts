import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BankError } from '@consent-hub/bank-client';
import { dumpDatabase } from '@consent-hub/testing';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

/** Where people reach the pages of the bank: the hub asks elsewhere. */
const PAGES = 'https://sandbox.example';

const OUTCOMES = {
  double_spends: 0,
  probes_after_lost_answer: 1,
  strikes: 2,
  faults: [
    {
      ...{ name: 'rotate_then_drop', does: 'Cuts the connection.', expected: 'The TPP probes once.' },
      ...{ is_set: true, strikes: 2, double_spends: 0, probes: 1 },
    },
  ],
};

const CUSTOMERS = {
  items: [
    {
      ...{ id: 'jan-peeters', brand: 'belfius', name: 'Jan Peeters', language: 'nl' },
      accounts: [
        { iban: 'BE20055771300256', label: 'Spaarrekening', eligible: false },
        { iban: 'BE60068223114070', label: 'Zichtrekening', eligible: true },
      ],
    },
    { ...{ id: 'eva-none', brand: 'banx', name: 'Eva None', language: 'fr' }, accounts: [] },
  ],
};
const ANSWERS: Readonly<Record<string, object>> = {
  '/sandbox/outcomes': OUTCOMES,
  '/sandbox/psus': CUSTOMERS,
};

/** Answers as the sandbox bank does. */
async function startSandbox(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const answer = ANSWERS[request.url ?? ''];
    response.statusCode = answer ? 200 : 404;
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the page of the sandbox', () => {
  let admin: AdminHub;
  let sandbox: { server: Server; url: string };
  let viewer: ConsoleVisitor;
  beforeAll(async () => {
    sandbox = await startSandbox();
    admin = await AdminHub.start({ HUB_SANDBOX_URL: PAGES, HUB_SANDBOX_INTERNAL_URL: `${sandbox.url}/` });
    viewer = await ConsoleVisitor.signIn(admin);
  });
  afterAll(async () => {
    await admin.close();
    sandbox.server.close();
  });

  it('says what to do while there is no consent', async () => {
    const { status, body } = await viewer.get('/console/sandbox');
    expect(status).toBe(200);
    expect(body).toContain('There is no consent yet.');
    expect(body).toContain('aria-current="page">Sandbox<');
  });

  it('shows the phone of the person next to the timeline of the newest consent, and follows it', async () => {
    await admin.given.live(admin.owner, { psuRef: 'an-older-one' });
    const { id } = await admin.given.opened(admin.owner, { psuRef: 'the-newest' });
    const { body } = await viewer.get('/console/sandbox');
    expect(body).toContain('Share your accounts?');
    expect(body).toContain('>the-newest<');
    expect(body).not.toContain('an-older-one');
    expect(body).toMatch(/1 entry, verified/);
    expect(body).toContain(`/console/consents/${id}`);
    const operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'otto');
    await operator.submit(`/console/consents/${id}/revoke`, { reason: 'for the test' });
    const later = await viewer.get('/console/sandbox/now');
    expect(later.body).toContain('Nothing is shared');
    expect(later.body).not.toContain('<html');
  });

  it('shows faults as cards with the expected outcome and the one that the bank has counted', async () => {
    const { body } = await viewer.get('/console/sandbox');
    expect(body).toMatch(/class="good"><b>0 double spends in 2 faults<\/b>/);
    expect(body).toContain('The TPP probes once.');
    expect(body).toContain('Applied 2 times; since then 0 double spends, 1 careful probe');
    expect(body).toContain(`href="${PAGES}/#faults"`);
  });

  describe('opens a consent', () => {
    const PATH = '/console/sandbox/open';
    let operator: ConsoleVisitor;
    const form = (fields: Readonly<Record<string, string>> = {}) => ({
      ...{ customer: 'belfius/jan-peeters', scope: 'AIS', client: admin.owner.id, reason: 'for the demo' },
      ...fields,
    });
    /** Without the sessions, whose last page is dated. */
    const dump = async () =>
      (await dumpDatabase(admin.database.url))
        .split('\n')
        .filter((line) => !line.startsWith('"hub"."console_session"'))
        .join('\n');
    const newest = async () => {
      const [row] = await admin.dataSource.query<Record<string, unknown>[]>(
        `SELECT c.id, c.state, c.brand, c.scope, c.iban, c.psu_ref, c.language, c.opened_by, e.actor, a.action, a.subject,
                a.reason, a.consent_id, a.data, e.data->>'admin_action' = a.id::text AS is_linked
           FROM hub.consent c JOIN hub.consent_event e ON e.consent_id = c.id AND e.type = 'opened'
           LEFT JOIN hub.admin_action a ON a.consent_id = c.id
          ORDER BY c.created_at DESC LIMIT 1`,
      );
      return row ?? {};
    };
    beforeAll(async () => {
      operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'olga');
    });
    afterEach(() => void jest.restoreAllMocks());

    it('for a customer of the sandbox bank, with its link on the phone, and an entry in audit and timeline', async () => {
      const { body: asked } = await operator.get(PATH);
      expect(asked).toMatch(
        /<optgroup label="Belfius"><option value="belfius\/jan-peeters"[^>]*>Jan Peeters, 2 accounts</,
      );
      expect(asked).toContain(`<option value="${admin.owner.id}"`);
      const { status, headers } = await operator.submit(PATH, form());
      expect([status, headers.get('location')]).toEqual([303, '/console/sandbox?done=open']);
      const consent = await newest();
      expect(consent).toEqual({
        ...{
          id: consent['id'],
          state: 'initiated',
          brand: 'belfius',
          scope: 'AIS',
          iban: null,
          language: 'nl',
        },
        ...{ psu_ref: 'sandbox-jan-peeters', opened_by: admin.owner.id, actor: 'admin:link:olga' },
        ...{
          action: 'open_consent',
          subject: 'link:olga',
          reason: 'for the demo',
          consent_id: consent['id'],
        },
        data: { client_id: admin.owner.id, brand: 'belfius', scope: 'AIS' },
        is_linked: true,
      });
      const link = `${admin.hub.url}/start/${String(consent['id'])}?language=nl`;
      const { body } = await operator.get('/console/sandbox?done=open');
      expect(body).toContain('The consent is open.');
      expect(body).toContain(`href="${link}"`);
      const atBank = await fetch(link, { redirect: 'manual' });
      expect(atBank.headers.get('location')).toMatch(/^https:\/\/bank\.example\/nl\?/);
      expect((await viewer.get('/console/sandbox')).body).not.toContain('/start/');
      await operator.submit(`/console/consents/${String(consent['id'])}/revoke`, { reason: 'over' });
      expect((await operator.get('/console/sandbox')).body).not.toContain('/start/');
    });

    it('about the funds of the first account that the customer may share', async () => {
      await operator.submit(PATH, form({ scope: 'CAF' }));
      expect(await newest()).toMatchObject({ scope: 'CAF', iban: 'BE60068223114070' });
    });

    it('of no other customer, scope or client than there is, and not without a reason', async () => {
      const { client: reader } = await admin.clients.create({
        ...{ name: 'opens-nothing', permissions: ['consents:read'] },
      });
      const before = await dump();
      const wrong = [
        [{ customer: 'banx/jan-peeters' }, 'Choose a customer'],
        [{ scope: 'PIS' }, 'Choose what the consent is for'],
        [{ customer: 'banx/eva-none', scope: 'CAF' }, 'no account that may be asked about'],
        [{ client: reader.id }, 'Choose an API client'],
        [{ reason: ' ' }, 'Say in a few words why'],
      ] as const;
      for (const [fields, fault] of wrong) {
        const { status, body } = await operator.submit(PATH, form(fields));
        expect([status, body]).toEqual([400, expect.stringContaining(fault)]);
        expect(body).toContain('aria-invalid');
      }
      expect(await dump()).toBe(before);
    });

    it('writes nothing where the bank gives no link', async () => {
      const before = await dump();
      jest.spyOn(admin.bank, 'openConsent').mockRejectedValueOnce(new BankError('busy'));
      const { status, body } = await operator.submit(PATH, form());
      expect([status, body]).toEqual([502, expect.stringContaining('The call of the bank failed: busy.')]);
      expect(await dump()).toBe(before);
    });

    it('for operators alone, by a form of their own session', async () => {
      const before = await dump();
      for (const answer of [await viewer.get(PATH), await viewer.submit(PATH, form())])
        expect([answer.status, answer.body]).toEqual([
          403,
          expect.stringContaining('needs the role operator'),
        ]);
      expect((await viewer.get('/console/sandbox')).body).not.toContain(PATH);
      const forged = await operator.post(PATH, { ...form(), csrf: 'A'.repeat(43) });
      expect([forged.status, forged.body]).toEqual([403, expect.stringContaining('not one of your session')]);
      expect(await dump()).toBe(before);
    });

    it('sends people to the API clients where none may open consents', async () => {
      await admin.dataSource.query(
        `UPDATE hub.api_client SET revoked_at = now() WHERE 'consents:write' = ANY (permissions)`,
      );
      expect((await operator.get(PATH)).body).toContain('No API client may open consents');
      await admin.dataSource.query(`UPDATE hub.api_client SET revoked_at = NULL`);
    });
  });

  it('asks for a session, also in the background', async () => {
    const stranger = new ConsoleVisitor(admin.hub.url);
    expect((await stranger.get('/console/sandbox')).status).toBe(303);
    expect((await stranger.get('/console/sandbox/now')).status).toBe(401);
  });

  it('says so where the sandbox bank does not answer', async () => {
    sandbox.server.closeAllConnections();
    await new Promise((resolve) => sandbox.server.close(resolve));
    expect((await viewer.get('/console/sandbox')).body).toContain(
      'The sandbox bank does not answer this hub.',
    );
    const operator = await ConsoleVisitor.signIn(admin, ['viewer', 'operator'], 'oscar');
    const { status, body } = await operator.get('/console/sandbox/open');
    expect([status, body]).toEqual([503, expect.stringContaining('Its customers cannot be listed.')]);
  });

  it('is not there, and in no navigation, where the bank is a real one', async () => {
    const real = await AdminHub.start();
    const visitor = await ConsoleVisitor.signIn(real, ['viewer', 'operator']);
    for (const path of ['/console/sandbox', '/console/sandbox/open'])
      expect((await visitor.get(path)).status).toBe(404);
    expect((await visitor.get('/console')).body).not.toContain('/console/sandbox');
    await real.close();
  });
});
