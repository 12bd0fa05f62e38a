import { inspect } from 'node:util';
import { HttpsService, type ServiceAnswer, type ServiceCall } from '../../testing/https-service.harness.js';
import { TRANSIT_TOKEN, transitEngine } from '../../testing/transit-engine.harness.js';
import { AppRoleTokens } from './app-role.js';
import { KekConnection } from './kek-connection.js';
import { VaultTransitKeyEncryption } from './vault-transit.js';

const ROLE_ID = 'role-of-the-hub';
const SECRET_ID = 'secret-id-of-the-hub';
const LIFE_SECONDS = 1200;
const PLAIN = Buffer.from('a data key');

/** A server whose tokens come from AppRole alone: each login gives another one, and only the latest may be used. */
class AppRoleServer {
  isRenewable = true;
  private logins = 0;
  private valid: string | null = null;

  answer(call: ServiceCall): ServiceAnswer {
    const token = String(call.headers['x-vault-token']);
    if (call.path === '/v1/auth/approle/login') return this.login(JSON.parse(call.body) as object);
    if (token !== this.valid) return { status: 403, body: { errors: ['permission denied'] } };
    if (call.path === '/v1/auth/token/renew-self') return this.auth(token);
    return transitEngine({ ...call, headers: { ...call.headers, 'x-vault-token': TRANSIT_TOKEN } });
  }

  revoke(): void {
    this.valid = null;
  }

  private login(given: object): ServiceAnswer {
    if (JSON.stringify(given) !== JSON.stringify({ role_id: ROLE_ID, secret_id: SECRET_ID }))
      return { status: 400, body: { errors: ['invalid role or secret ID'] } };
    this.valid = `s.login-${++this.logins}`;
    return this.auth(this.valid);
  }

  private auth(token: string): ServiceAnswer {
    const auth = { client_token: token, lease_duration: LIFE_SECONDS, renewable: this.isRenewable };
    return { status: 200, body: { auth } };
  }
}

describe('tokens of the transit engine by AppRole', () => {
  let server: AppRoleServer;
  let service: HttpsService;
  let settings: { url: string; roleIdFile: string; secretIdFile: string };

  beforeEach(async () => {
    server = new AppRoleServer();
    service = await HttpsService.start((call) => server.answer(call));
    settings = {
      url: `${service.url}/v1/auth/approle`,
      roleIdFile: await service.write('role-id', `${ROLE_ID}\n`),
      secretIdFile: await service.write('secret-id', `${SECRET_ID}\n`),
    };
  });
  afterEach(() => service.close());

  const paths = (): string[] => service.calls.map(({ path }) => path.replace('/v1/', ''));
  const open = (): VaultTransitKeyEncryption =>
    new VaultTransitKeyEncryption({
      url: `${service.url}/v1/transit`,
      key: 'consent-hub',
      auth: settings,
      caFile: service.caFile,
    });
  /** At a clock that a test moves. */
  const tokensAt = (clock: { seconds: number }): AppRoleTokens =>
    new AppRoleTokens(
      settings,
      new KekConnection('the transit engine', service.caFile),
      () => clock.seconds * 1000,
    );

  it('are had by one login, however many calls come at the same time, and wrap and unwrap', async () => {
    const kek = open();
    const wrapped = await Promise.all([1, 2, 3].map(() => kek.wrap(PLAIN)));
    for (const one of wrapped) expect(await kek.unwrap(one, 'consent-hub')).toEqual(PLAIN);
    expect(paths().filter((path) => path === 'auth/approle/login')).toHaveLength(1);
    await kek.close();
  });

  it('are replaced by a new login where the engine refuses one before it expires', async () => {
    const kek = open();
    await kek.wrap(PLAIN);
    server.revoke();
    await expect(kek.wrap(PLAIN)).resolves.toBeInstanceOf(Buffer);
    expect(paths().slice(-3)).toEqual([
      'transit/encrypt/consent-hub',
      'auth/approle/login',
      'transit/encrypt/consent-hub',
    ]);
    await kek.close();
  });

  it('are renewed from half of their life on, and had anew once it is nearly over', async () => {
    const clock = { seconds: 0 };
    const tokens = tokensAt(clock);
    expect(await tokens.current()).toBe('s.login-1');
    clock.seconds = LIFE_SECONDS * 0.4;
    expect(await tokens.current()).toBe('s.login-1');
    expect(paths()).toEqual(['auth/approle/login']);
    clock.seconds = LIFE_SECONDS * 0.6;
    expect(await tokens.current()).toBe('s.login-1');
    expect(paths()).toEqual(['auth/approle/login', 'auth/token/renew-self']);
    clock.seconds += LIFE_SECONDS * 0.95;
    expect(await tokens.current()).toBe('s.login-2');
  });

  it('are had anew where they cannot be renewed', async () => {
    const clock = { seconds: 0 };
    const tokens = tokensAt(clock);
    await tokens.current();
    server.revoke();
    clock.seconds = LIFE_SECONDS * 0.6;
    expect(await tokens.current()).toBe('s.login-2');
  });

  it('say that they cannot be had, and repeat neither id; a secret id that was renewed is used at the next call', async () => {
    const kek = open();
    await service.write('secret-id', 'expired');
    const error: unknown = await kek.wrap(PLAIN).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'kek_unavailable',
      message: expect.stringContaining('login by AppRole, 400'),
    });
    for (const secret of [ROLE_ID, SECRET_ID, 'expired'])
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
    await service.write('secret-id', SECRET_ID);
    await expect(kek.wrap(PLAIN)).resolves.toBeInstanceOf(Buffer);
    await kek.close();
  });
});
