import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@consent-hub/platform';
import {
  consoleVariables,
  startDevelopmentOidc,
  type DevelopmentOidc,
} from '../../../../../scripts/lib/development-oidc.mjs';
import { AdminHub } from '../../../testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../../testing/console.harness.js';
import { ConsoleLinkRepository } from '../access/console-link.repository.js';

jest.setTimeout(60_000);

const CLIENT = {
  clientId: 'consent-hub-console',
  clientSecret: 'a-secret-of-the-client-that-is-long-enough',
};
const CALLBACK = '/console/oidc/callback';

/** A browser that has one jar for each host. */
class Person {
  readonly atProvider: ConsoleVisitor;
  readonly atConsole: ConsoleVisitor;

  constructor(hubUrl: string, issuer: string) {
    this.atConsole = new ConsoleVisitor(hubUrl);
    this.atProvider = new ConsoleVisitor(issuer);
  }

  /** Begins at the console. @returns the address at the provider */
  async begin(returnUrl?: string): Promise<URL> {
    const query = returnUrl === undefined ? '' : `?${new URLSearchParams({ return_url: returnUrl })}`;
    const { status, headers, body } = await this.atConsole.get(`/console/oidc/start${query}`);
    if (status !== 303) throw new Error(`start answered ${status}: ${body}`);
    return new URL(headers.get('location') ?? '');
  }

  /** Signs in at the provider. @returns the address at the console to which it leads back */
  async signIn(at: URL, account: string): Promise<string> {
    let address = at.href;
    for (let steps = 0; steps < 8; steps++) {
      if (new URL(address).pathname === CALLBACK) return address.slice(new URL(address).origin.length);
      const isForm = new URL(address).pathname.startsWith('/interaction/');
      const { headers, body } = isForm
        ? await this.atProvider.post(address, { account })
        : await this.atProvider.get(address);
      const location = headers.get('location');
      if (location === null) throw new Error(`the provider led nowhere: ${body}`);
      address = new URL(location, address).href;
    }
    throw new Error('the provider led around in circles');
  }
}

describe('signing in at an identity provider', () => {
  let provider: DevelopmentOidc;
  let admin: AdminHub;
  beforeAll(async () => {
    const [oidcPort, hubPort] = [await freePort(), await freePort()];
    const redirectUri = `http://127.0.0.1:${hubPort}${CALLBACK}`;
    provider = await startDevelopmentOidc({ port: oidcPort, ...CLIENT, redirectUri });
    admin = await AdminHub.start({ HUB_PORT: String(hubPort), ...consoleVariables(provider) });
  });
  afterAll(async () => {
    await admin.close();
    await provider.close();
  });

  const person = () => new Person(admin.hub.url, provider.issuer);
  const sessions = () =>
    admin.dataSource.query<{ subject: string; name: string; roles: string[]; signed_in_by: string }[]>(
      'SELECT subject, name, roles, signed_in_by FROM hub.console_session ORDER BY created_at',
    );

  it.each([
    ['viewer', ['viewer']],
    ['operator', ['viewer', 'operator']],
    ['security', ['viewer', 'security']],
    ['admin', ['viewer', 'operator', 'security']],
  ])(
    'lets %s in with the roles that the claim gives, and leads where the person wanted to go',
    async (account, roles) => {
      const one = person();
      const back = await one.signIn(await one.begin('/console/audit'), account);
      const { status, headers, body } = await one.atConsole.get(back);
      expect([status, headers.get('location'), body]).toEqual([303, '/console/audit', '']);
      expect((await one.atConsole.get('/console/audit')).status).toBe(200);
      expect((await sessions()).at(-1)).toEqual({
        subject: account,
        name: `${account.charAt(0).toUpperCase()}${account.slice(1)} of development`,
        roles,
        signed_in_by: 'oidc',
      });
    },
  );

  it('uses the code flow with PKCE, a state and a nonce', async () => {
    const query = (await person().begin()).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile',
      redirect_uri: `${admin.hub.url}${CALLBACK}`,
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name)).toMatch(/^[\w-]{40,}$/);
  });

  it('refuses a person without a role, and says so', async () => {
    const before = await sessions();
    const one = person();
    const { status, body } = await one.atConsole.get(await one.signIn(await one.begin(), 'no-role'));
    expect([status, body]).toEqual([403, expect.stringContaining('You have no role here')]);
    expect(await sessions()).toEqual(before);
    expect((await one.atConsole.get('/console')).status).toBe(303);
  });

  it('refuses an answer in another browser, and a second use of one', async () => {
    const [mine, others] = [person(), person()];
    const back = await mine.signIn(await mine.begin(), 'viewer');
    await others.begin();
    const before = await sessions();
    const stranger = await others.atConsole.get(back);
    expect([stranger.status, stranger.body]).toEqual([
      400,
      expect.stringContaining('belongs to another sign-in'),
    ]);
    const blank = await new ConsoleVisitor(admin.hub.url).get(back);
    expect([blank.status, blank.body]).toEqual([
      400,
      expect.stringContaining('did not begin in this browser'),
    ]);
    expect(await sessions()).toEqual(before);
    expect((await mine.atConsole.get(back)).status).toBe(303);
    expect((await mine.atConsole.get(back)).status).toBe(400);
    expect(await sessions()).toHaveLength(before.length + 1);
  });

  it('shows a refusal of the provider by its code', async () => {
    const one = person();
    const state = (await one.begin()).searchParams.get('state') ?? '';
    const answer = new URLSearchParams({
      error: 'access_denied',
      error_description: '<b>x</b>',
      state,
      iss: provider.issuer,
    });
    const { status, body } = await one.atConsole.get(`${CALLBACK}?${answer}`);
    expect([status, body]).toEqual([403, expect.stringContaining('(access_denied)')]);
    expect(body).not.toContain('<b>x</b>');
  });

  it('leads nowhere else in the end', async () => {
    const { status, body } = await person().atConsole.get(
      '/console/oidc/start?return_url=https://evil.example',
    );
    expect([status, body]).toEqual([400, expect.stringContaining('leads elsewhere')]);
  });

  it('refuses one-time links, and does not use them up', async () => {
    const { token } = await new ConsoleLinkRepository(admin.dataSource).make('jan', ['viewer', 'operator']);
    const visitor = new ConsoleVisitor(admin.hub.url);
    for (const { status, body } of [
      await visitor.get(`/console/link/${token.reveal()}`),
      await visitor.post('/console/link', { token: token.reveal() }),
    ])
      expect([status, body]).toEqual([403, expect.stringContaining('Links are not used here')]);
    expect(await new ConsoleLinkRepository(admin.dataSource).stateOf(token)).toBe('open');
  });
});

/** Says of a person what a test sets, signed with its own key. */
class LyingProvider {
  readonly key: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  lie: (claims: Record<string, unknown>) => Record<string, unknown> = (claims) => claims;
  signingKey: KeyObject = this.key;
  nonce = '';
  issuer = '';
  private readonly server = http.createServer((request, response) => {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(this.answer(request.url ?? '')));
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(path: string): object {
    const { issuer } = this;
    const jwk = this.key.export({ format: 'jwk' });
    if (path === '/jwks')
      return { keys: [{ kty: 'RSA', n: jwk.n, e: jwk.e, kid: 'k', alg: 'RS256', use: 'sig' }] };
    if (path === '/token')
      return { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: this.idToken() };
    return {
      ...{
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  private idToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: CLIENT.clientId,
      sub: 'eve',
      iat: now,
      exp: now + 60,
      nonce: this.nonce,
      groups: ['hub-admins'],
    };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(this.lie(claims))}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.signingKey).toString('base64url')}`;
  }
}

describe('an id token', () => {
  let provider: LyingProvider;
  let admin: AdminHub;
  beforeAll(async () => {
    provider = new LyingProvider();
    await provider.listen();
    admin = await AdminHub.start(consoleVariables({ ...CLIENT, issuer: provider.issuer }));
  });
  afterAll(async () => {
    await admin.close();
    provider.close();
  });

  const signIn = async () => {
    const one = new Person(admin.hub.url, provider.issuer);
    const query = (await one.begin()).searchParams;
    provider.nonce = query.get('nonce') ?? '';
    return one.atConsole.get(`${CALLBACK}?code=c&state=${query.get('state')}`);
  };
  const count = () => admin.dataSource.query('SELECT count(*) FROM hub.console_session');

  it('that says the truth lets in', async () => {
    provider.lie = (claims) => claims;
    provider.signingKey = provider.key;
    expect((await signIn()).status).toBe(303);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['of another audience', { aud: 'another-client' }, 'another audience'],
    ['of another issuer', { iss: 'https://evil.example' }, 'another issuer'],
    ['with another nonce', { nonce: 'n' }, 'another sign-in'],
    ['that has expired', { exp: 1_000 }, 'has expired'],
    ['without a subject', { sub: undefined }, 'refused'],
  ])('%s is refused with a page that says why', async (_which, lie, words) => {
    provider.signingKey = provider.key;
    provider.lie = (claims) => ({ ...claims, ...lie });
    const before = await count();
    const { status, body } = await signIn();
    expect([status, body]).toEqual([400, expect.stringContaining(words)]);
    expect(await count()).toEqual(before);
  });

  it('with the signature of another key is refused', async () => {
    provider.lie = (claims) => claims;
    provider.signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const before = await count();
    const { status, body } = await signIn();
    expect([status, body]).toEqual([400, expect.stringContaining('signature')]);
    expect(await count()).toEqual(before);
  });
});

describe('an identity provider that is away', () => {
  it('is reported on a page that holds no secret, and asked again with the next sign-in', async () => {
    const [oidcPort, hubPort] = [await freePort(), await freePort()];
    const issuer = `http://127.0.0.1:${oidcPort}`;
    const admin = await AdminHub.start({
      HUB_PORT: String(hubPort),
      ...consoleVariables({ ...CLIENT, issuer }),
    });
    const visitor = new ConsoleVisitor(admin.hub.url);
    const away = await visitor.get('/console/oidc/start');
    expect([away.status, away.body]).toEqual([502, expect.stringContaining('does not answer')]);
    expect(away.body).not.toContain(CLIENT.clientSecret);
    const redirectUri = `${admin.hub.url}${CALLBACK}`;
    const provider = await startDevelopmentOidc({ port: oidcPort, ...CLIENT, redirectUri });
    expect((await visitor.get('/console/oidc/start')).status).toBe(303);
    await admin.close();
    await provider.close();
  });
});
