import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from '../api-client/api-client.module.js';
import { ApiClientService } from '../api-client/api-client.service.js';
import { runHere } from './cli.stage.js';

describe('consent-hub api-client', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let clients: ApiClientService;
  const api = (...args: string[]) => runHere({ DATABASE_URL: database.url }, 'api-client', ...args);

  beforeEach(async () => {
    database = await createTestDatabase();
    clients = new ApiClientService(await database.open(API_CLIENT_ENTITIES));
  });
  afterEach(() => database.drop());

  it('makes a client whose key works, and prints it for programs', async () => {
    const options =
      '--permissions tokens:read,consents:read --token-scopes PIS --return-url https://app.example/done';
    const made = await api('create', 'payments', ...options.split(' '), '--json');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const { key, ...client } = JSON.parse(made.stdout) as { key: string };
    expect(client).toMatchObject({ name: 'payments', token_scopes: ['PIS'], revoked_at: null });
    expect(await clients.findByKey(new Secret(key))).toMatchObject({
      name: 'payments',
      permissions: new Set(['tokens:read', 'consents:read']),
      returnUrls: new Set(['https://app.example/done']),
    });
    expect((await api('list')).stdout).toContain('  https://app.example/done  ');
  });

  it.each(['javascript:alert(1)', 'http://app.example/done', 'https://app.example/#done', 'app.example'])(
    'registers no address that no PSU may be sent to: %s',
    async (address) => {
      const outcome = await api('create', 'shop', '--permissions', 'consents:write', '--return-url', address);
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(address) });
      expect(await clients.list()).toEqual([]);
    },
  );

  it('makes, lists and revokes for people, and shows a key only when it is made', async () => {
    const made = await api('create', 'platform', '--permissions', 'admin');
    const key = made.stdout.trim().split('\n').at(-1) ?? '';
    expect(key).toMatch(/^ch_/);
    expect(await api('revoke', 'platform')).toEqual({
      exitCode: 0,
      stdout: 'Revoked platform.\n',
      stderr: '',
    });
    expect(await clients.findByKey(new Secret(key))).toMatchObject({ isRevoked: true });
    const listed = await api('list');
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^NAME .*\nplatform +admin +AIS,CAF,PIS +any +default +\S+Z +\S+Z\n$/);
    expect(listed.stdout + (await api('list', '--json')).stdout).not.toContain('ch_');
  });

  it('limits clients when they are made, and later, and lists their limits', async () => {
    const limits = async () => (await clients.list()).map(({ rateLimit }) => rateLimit);
    await api('create', 'slow', '--permissions', 'admin', '--rate-limit', '5');
    await api('create', 'free', '--permissions', 'admin', '--rate-limit', 'none');
    await api('create', 'usual', '--permissions', 'admin');
    expect(await limits()).toEqual([5, 0, null]);
    expect((await api('list')).stdout).toMatch(/slow .* 5\/s .*\nfree .* none .*\nusual .* default /);
    expect(await api('limit', 'slow', '50')).toMatchObject({ exitCode: 0, stdout: 'Limited slow: 50/s.\n' });
    expect(await api('limit', 'free', 'default', '--json')).toMatchObject({ exitCode: 0 });
    expect(await limits()).toEqual([50, null, null]);
    for (const unusable of ['-1', '1.5', '1000001', 'many', '']) {
      expect(await api('limit', 'usual', '--', unusable)).toMatchObject({ exitCode: 2, stdout: '' });
    }
    expect(await api('limit', 'nobody', '5')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await limits()).toEqual([50, null, null]);
  });

  it('explains itself and changes nothing when it is not understood', async () => {
    const outcome = await api('create', 'platform', '--permissions', 'admin,root');
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain('not root');
    expect(outcome.stderr).toContain('Usage: consent-hub api-client create <name>');
    expect(await clients.list()).toEqual([]);
  });

  it('says in one line what went wrong', async () => {
    await clients.create({ name: 'platform', permissions: ['admin'] });
    const outcomes = await Promise.all([
      api('create', 'platform', '--permissions', 'admin'),
      api('create', 'Platform', '--permissions', 'admin'),
      api('revoke', 'platfrom'),
    ]);
    for (const { exitCode, stdout, stderr } of outcomes) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(await clients.list()).toHaveLength(1);
  });
});
