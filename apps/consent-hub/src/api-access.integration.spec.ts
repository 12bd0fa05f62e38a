import { Controller, Get, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, CurrentCaller, Requires, type Caller } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { newApiKey } from './api-client/api-key.js';
import { AppModule } from './app.module.js';
import { assemble } from './bootstrap.js';
import { readHubSettings } from './config/hub-settings.js';

@Controller('whoami')
class WhoAmIController {
  @Get()
  @Requires('consents:read')
  whoAmI(@CurrentCaller() caller: Caller) {
    return { name: caller.name, permissions: [...caller.permissions], tokenScopes: [...caller.tokenScopes] };
  }

  @Get('forgotten')
  forgotten(): string {
    return 'no caller reads this';
  }
}

describe('API clients that call the hub', () => {
  jest.setTimeout(30_000);
  let database: TestDatabase;
  let clients: ApiClientService;
  let app: NestFastifyApplication;
  let lines: string[];
  const call = (url: string, key?: string) =>
    app.inject({
      method: 'GET',
      url,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });

  beforeEach(async () => {
    database = await createTestDatabase();
    clients = new ApiClientService(await database.open(API_CLIENT_ENTITIES));
    lines = [];
    const hub = AppModule.register(readHubSettings(hubEnvironment(database.url)), new ScriptedBank());
    const root: DynamicModule = { module: class Root {}, imports: [hub], controllers: [WhoAmIController] };
    const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
    app = await assemble(root, logger, 'https://hub.example');
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('are let in with their key, and named in the log', async () => {
    const { key } = await clients.create({
      name: 'service',
      permissions: ['consents:read'],
      tokenScopes: ['AIS'],
    });
    const answer = await call('/whoami', key.reveal());
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      name: 'service',
      permissions: ['consents:read'],
      tokenScopes: ['AIS'],
    });
    expect(lines.join()).toContain('"client":"service"');
    expect(lines.join()).not.toContain(key.reveal());
  });

  it('are refused from the very next request on when they are revoked', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['consents:read'] });
    expect((await call('/whoami', key.reveal())).statusCode).toBe(200);
    await clients.revoke('service');
    const answer = await call('/whoami', key.reveal());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'api_key_revoked' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="consent-hub", error="invalid_token"');
  });

  it('are let in with either key while one takes over from the other, and get an answer that names an expired key', async () => {
    const old = await clients.create({ name: 'service', permissions: ['consents:read'] });
    const next = await clients.rotate('service', { overlapSeconds: 3600 });
    const [first, second] = [
      await call('/whoami', old.key.reveal()),
      await call('/whoami', next.key.reveal()),
    ];
    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    expect(second.json()).toEqual(first.json());
    await clients.rotate('service', { overlapSeconds: 0 });
    const answer = await call('/whoami', old.key.reveal());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'api_key_expired' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="consent-hub", error="invalid_token"');
  });

  it.each([
    ['without a key', undefined, 'api_key_missing', 'Bearer realm="consent-hub"'],
    ['with a malformed one', 'ch_x', 'api_key_invalid', 'Bearer realm="consent-hub", error="invalid_token"'],
    [
      'with an unknown one',
      newApiKey().reveal(),
      'api_key_invalid',
      'Bearer realm="consent-hub", error="invalid_token"',
    ],
  ])('are refused %s', async (_what, key, code, challenge) => {
    const answer = await call('/whoami', key);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': challenge,
    });
    expect(answer.json()).toMatchObject({ status: 401, code });
  });

  it('get an answer that names the permission they lack', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read', 'admin'] });
    const answer = await call('/whoami', key.reveal());
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'permission_missing', permission: 'consents:read' });
  });

  it('never reach a route that does not say who may call it', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['admin', 'consents:read'] });
    const answer = await call('/whoami/forgotten', key.reveal());
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'route_closed' });
    expect(lines.join()).toContain('WhoAmIController.forgotten');
  });

  it('are asked to come back when the database is away', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['consents:read'] });
    await database.drop();
    const answer = await call('/whoami', key.reveal());
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ code: 'database_unavailable' });
  });
});
