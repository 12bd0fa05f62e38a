import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { startPsuPages } from '../../testing/psu-pages.harness.js';
import { JAN, REDIRECT_URI, BankModel } from '../../testing/bank-model.harness.js';
import type { Tpp } from '../model/tpps/tpp.repository.js';

interface Reply {
  readonly status: number;
  readonly location: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A browser that reaches another process of the bank with each request. */
class Browser {
  private turn = 0;
  cookie = '';

  constructor(private readonly processes: readonly NestFastifyApplication[]) {}

  get(url: string): Promise<Reply> {
    return this.request({ method: 'GET', url });
  }

  post(url: string, fields: Record<string, string | readonly string[]>): Promise<Reply> {
    const form = new URLSearchParams();
    for (const [name, values] of Object.entries(fields))
      for (const value of [values].flat()) form.append(name, value);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.request({ method: 'POST', url, headers, payload: form.toString() });
  }

  private async request(request: {
    method: 'GET' | 'POST';
    url: string;
    headers?: Record<string, string>;
    payload?: string;
  }): Promise<Reply> {
    const app = this.processes[this.turn++ % this.processes.length];
    if (!app) throw new Error('No process');
    const { statusCode, headers, body } = await app.inject({
      ...request,
      headers: { ...request.headers, ...(this.cookie && { cookie: this.cookie }) },
    });
    const [cookie] = [headers['set-cookie'] ?? []].flat();
    if (cookie) this.cookie = cookie.split(';')[0] ?? '';
    return { status: statusCode, location: String(headers.location ?? ''), headers, body };
  }
}

const csrfOf = (page: Reply): string => /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
const codeOf = (page: Reply): string => /<strong>(\d{3} \d{3})<\/strong>/.exec(page.body)?.[1] ?? '';

describe('the pages of the PSU over HTTP', () => {
  let database: TestDatabase;
  let bank: BankModel;
  let tpp: Tpp;
  const processes: NestFastifyApplication[] = [];
  let browser: Browser;

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const source of [await database.open(), await database.open()]) {
      bank = new BankModel(source);
      processes.push(await startPsuPages(source));
    }
    await bank.enrolCustomers();
    tpp = await bank.registerTpp();
  });
  beforeEach(() => {
    browser = new Browser(processes);
  });
  afterAll(async () => {
    await Promise.all(processes.map((app) => app.close()));
    await database.drop();
  });

  const link = async (state = 'the-state'): Promise<{ id: string; url: string; token: string }> => {
    const { id, appToken } = await bank.open(tpp);
    const token = appToken.reveal();
    const query = new URLSearchParams({ appkey: 'PSD2_AIS', apptoken: token, state });
    return { id, token, url: `/belfius/common/nl/fw/generic/launcher.html?${query}` };
  };

  /** As far as the page of the decision. */
  const logIn = async (url: string): Promise<Reply> => {
    const at = (await browser.get(url)).location;
    const customers = await browser.get(at);
    const chosen = await browser.post(at, { csrf: csrfOf(customers), psu: JAN.psuId });
    const challenge = await browser.get(chosen.location);
    const fields = { csrf: csrfOf(challenge), code: codeOf(challenge) };
    const confirmed = await browser.post(chosen.location, fields);
    expect([customers.status, chosen.status, challenge.status, confirmed.status]).toEqual([
      200, 303, 200, 303,
    ]);
    return { ...(await browser.get(confirmed.location)), location: confirmed.location };
  };

  it('lead from the link to the callback, each served by another process', async () => {
    const { url, id } = await link('a b/c+d&e=f');
    const page = await logIn(url);
    const answer = await browser.post(page.location, {
      csrf: csrfOf(page),
      decision: 'approve',
      account: JAN.ibans,
    });
    expect(answer.status).toBe(303);
    const callback = new URL(answer.location);
    expect(answer.location.startsWith(`${REDIRECT_URI}&`)).toBe(true);
    expect(callback.searchParams.get('state')).toBe('a b/c+d&e=f');
    expect(callback.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    expect(await bank.authorizations.refuse(id)).toBe(false);
  });

  it('take the token of the link out of the address, and keep it out of the pages', async () => {
    const { url, token } = await link();
    const page = await logIn(url);
    expect(page.location).not.toContain(token);
    expect(page.body).not.toContain(token);
    expect(page.body).not.toContain('the-state');
  });

  it('leave neither the link’s token nor the session’s key in the database', async () => {
    const { url } = await link();
    await logIn(url);
    const secrets = browser.cookie.replace(/^[^=]*=/, '').split('.');
    expect(secrets).toHaveLength(2);
    const dump = await dumpDatabase(database.url);
    for (const secret of secrets) expect(dump).not.toContain(secret);
  });

  it('carry the headers that keep them out of caches, frames and referrers', async () => {
    const { url } = await link();
    for (const reply of [
      await browser.get(url),
      await logIn(url),
      await browser.get('/belfius/common/nl/fw/generic/launcher.html'),
    ]) {
      expect(reply.headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      });
    }
    const page = await logIn(url);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  });

  it('bind the cookie to the visit and hide it from scripts and from other sites’ forms', async () => {
    const opened = await browser.get((await link()).url);
    const [, , session] = opened.location.split('/').slice(1);
    expect(opened.headers['set-cookie']).toMatch(
      new RegExp(`^psu_visit=[\\w.-]+; Path=/belfius/authorize/${session}; HttpOnly; SameSite=Lax$`),
    );
  });

  it('keep two visits of one browser apart', async () => {
    const [one, other] = [await link(), await link()];
    const first = await logIn(one.url);
    const cookie = browser.cookie;
    await logIn(other.url);
    expect((await browser.get(first.location)).status).toBe(403);
    browser.cookie = cookie;
    expect((await browser.get(first.location)).status).toBe(200);
  });

  it('take no decision from a form of another site', async () => {
    const { url, token } = await link();
    const page = await logIn(url);
    const answer = await browser.post(page.location, { decision: 'approve', account: JAN.ibans });
    expect(answer.status).toBe(403);
    browser.cookie = '';
    const stranger = await browser.post(page.location, {
      csrf: csrfOf(page),
      decision: 'approve',
      account: JAN.ibans,
    });
    expect(stranger.status).toBe(403);
    expect((await browser.get(`/belfius/common/nl/fw/generic/launcher.html?apptoken=${token}`)).status).toBe(
      303,
    );
  });

  it('lead a double click twice to the same callback, and any other second decision to a page', async () => {
    const page = await logIn((await link()).url);
    const decision = { csrf: csrfOf(page), decision: 'approve', account: JAN.ibans };
    const first = await browser.post(page.location, decision);
    const second = await browser.post(page.location, decision);
    const other = await browser.post(page.location, { ...decision, decision: 'refuse' });
    expect([first.status, second.status, other.status]).toEqual([303, 303, 410]);
    expect(second.location).toBe(first.location);
  });

  it('take one of two decisions at once', async () => {
    const { url, id } = await link();
    const page = await logIn(url);
    const fields = { csrf: csrfOf(page), account: JAN.ibans };
    const answers = await Promise.all(
      ['approve', 'refuse'].map((decision) => browser.post(page.location, { ...fields, decision })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await bank.authorizations.fail(id)).toBe(false);
  });

  it('say so when the link expires during the visit', async () => {
    const page = await logIn((await link()).url);
    await bank.advance(901);
    const answer = await browser.post(page.location, {
      csrf: csrfOf(page),
      decision: 'approve',
      account: JAN.ibans,
    });
    expect([answer.status, answer.location]).toEqual([410, '']);
    expect(answer.body).toContain('Link verlopen');
  });

  it('are refused once the bank has been reset', async () => {
    const page = await logIn((await link()).url);
    await bank.reset();
    expect((await browser.get(page.location)).status).toBe(403);
  });

  it('show a page, not a stack, when the database does not answer', async () => {
    const source = await database.open();
    const app = await startPsuPages(source);
    await source.destroy();
    app.useLogger(false);
    const reply = await new Browser([app]).get((await link()).url);
    await app.close();
    expect(reply.status).toBe(500);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.body).toContain('Technical error');
    expect(reply.body).not.toMatch(/destroy|TypeORM|Error:.*at /i);
  });

  it('come with a stylesheet and an icon that a browser may cache', async () => {
    const page = await browser.get((await browser.get((await link()).url)).location);
    const assets = [...page.body.matchAll(/href="(\/authorize\/assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    const replies = await Promise.all(assets.map((path) => browser.get(path)));
    expect(replies.map(({ status, headers }) => [status, headers['content-type']])).toEqual([
      [200, 'text/css; charset=utf-8'],
      [200, 'image/svg+xml'],
    ]);
    for (const { headers } of replies) expect(headers['cache-control']).toContain('immutable');
    expect((await browser.get('/authorize/assets/pages-000000000000.css')).status).toBe(404);
  });
});
