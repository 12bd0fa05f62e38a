import { execFile } from 'node:child_process';
import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As the built program, but from its sources. Nothing of the test's environment reaches it but the database. */
const runCli = (databaseUrl: string | undefined, ...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', '@swc-node/register/esm-register', 'apps/consent-hub/src/cli.ts', ...args],
      { env: { PATH: process.env['PATH'], ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) } },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe('the command line', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let clients: ApiClientService;
  const api = (...args: string[]) => runCli(database.url, 'api-client', ...args);

  beforeEach(async () => {
    database = await createTestDatabase();
    clients = new ApiClientService(await database.open(API_CLIENT_ENTITIES));
  });
  afterEach(() => database.drop());

  it('makes a client whose key works, and prints it for programs', async () => {
    const made = await api(
      'create',
      'payments',
      '--permissions',
      'tokens:read,consents:read',
      '--token-scopes',
      'PIS',
      '--json',
    );
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const { key, ...client } = JSON.parse(made.stdout) as { key: string };
    expect(client).toMatchObject({ name: 'payments', token_scopes: ['PIS'], revoked_at: null });
    expect(await clients.findByKey(new Secret(key))).toMatchObject({
      name: 'payments',
      permissions: new Set(['tokens:read', 'consents:read']),
    });
  });

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
    expect(listed.stdout).toMatch(/^NAME .*\nplatform +admin +AIS,CAF,PIS +\S+Z +\S+Z\n$/);
    expect(listed.stdout).not.toContain('ch_');
  });

  it('explains itself and changes nothing when it is not understood', async () => {
    const outcome = await api('create', 'platform', '--permissions', 'admin,root');
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain('not root');
    expect(outcome.stderr).toContain('api-client create <name>');
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

  it('says what is wrong with the database', async () => {
    const empty = Object.assign(new URL(database.url), { pathname: '/postgres' }).href;
    const [unset, unmigrated] = await Promise.all([
      runCli(undefined, 'api-client', 'list'),
      runCli(empty, 'api-client', 'list'),
    ]);
    expect(unset).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('DATABASE_URL must be set'),
    });
    expect(unmigrated).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('npm run db:migrate'),
    });
  });

  it('helps whoever asks, without a database', async () => {
    const outcome = await runCli(undefined, '--help');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toContain('api-client revoke <name>');
  });
});
