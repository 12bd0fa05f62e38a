import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';

jest.setTimeout(60_000);

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

/** Answers as the sandbox bank does. */
async function startSandbox(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/sandbox/outcomes' ? 200 : 404;
    response.end(JSON.stringify(OUTCOMES));
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
    admin = await AdminHub.start({ HUB_SANDBOX_URL: sandbox.url });
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

  it('shows the phone of the person beside the timeline of the newest consent, and follows it', async () => {
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
    expect(body).toContain(`href="${sandbox.url}/#faults"`);
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
  });

  it('is not there, and in no navigation, where the bank is a real one', async () => {
    const real = await AdminHub.start();
    const visitor = await ConsoleVisitor.signIn(real);
    expect((await visitor.get('/console/sandbox')).status).toBe(404);
    expect((await visitor.get('/console')).body).not.toContain('/console/sandbox');
    await real.close();
  });
});
