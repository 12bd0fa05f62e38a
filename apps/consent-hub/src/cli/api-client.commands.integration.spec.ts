import { newId } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from '../api-client/api-client.module.js';
import { ApiClientService } from '../api-client/api-client.service.js';
import { runHere } from '../../testing/cli.harness.js';

interface Made {
  readonly key: string;
  readonly key_id: string;
  readonly key_expires_at: string | null;
}
interface Key {
  readonly id: string;
  readonly expires_at: string | null;
}
const NEW_KEY = { created_at: expect.any(String) as string, last_used_at: null, revoked_at: null };
const begins = ({ key }: { readonly key: string }) => key.slice(0, 9);
const hoursUntil = (moment: string | null | undefined): number =>
  (Date.parse(moment ?? '') - Date.now()) / 3_600_000;

describe('consent-hub api-client', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let clients: ApiClientService;
  const stateOf = async ({ key }: Made) => {
    const { isRevoked, isExpired } = (await clients.findByKey(new Secret(key))) ?? {};
    return { isRevoked, isExpired };
  };
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
    expect(client).toMatchObject({
      name: 'payments',
      token_scopes: ['PIS'],
      revoked_at: null,
      key_id: expect.any(String),
      key_expires_at: null,
    });
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
    expect(listed.stdout).toMatch(
      /^NAME .*\nplatform +admin +AIS,CAF,PIS +any +default +\S+Z +\S+Z\n\nCLIENT .*\nplatform +[0-9a-f-]{36} +ch_\S{6} +\S+Z +- +- +-\n$/,
    );
    expect(listed.stdout + (await api('list', '--json')).stdout).not.toMatch(/ch_[\w-]{7}/);
  });

  it('limits clients when they are made, and later, and lists their limits', async () => {
    const limits = async () => (await clients.list()).map(({ client }) => client.rateLimit);
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
    expect(await api('limit', 'unknown', '5')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await limits()).toEqual([50, null, null]);
  });

  it('rotates a key with an overlap, lists both keys, and revokes one of them', async () => {
    const made = JSON.parse((await api('create', 'svc', '--permissions', 'admin', '--json')).stdout) as Made;
    const rotated = await api('rotate', 'svc', '--overlap', '2h', '--expires-in', '30d', '--json');
    const next = JSON.parse(rotated.stdout) as Made;
    expect(rotated).toMatchObject({ exitCode: 0, stderr: '' });
    expect(hoursUntil(next.key_expires_at)).toBeCloseTo(720, 1);
    expect(await stateOf(made)).toEqual({ isRevoked: false, isExpired: false });
    expect(await stateOf(next)).toEqual({ isRevoked: false, isExpired: false });
    const [{ keys } = { keys: [] }] = JSON.parse((await api('list', '--json')).stdout) as { keys: Key[] }[];
    expect(keys).toEqual([
      { ...NEW_KEY, id: made.key_id, prefix: begins(made), expires_at: expect.any(String) },
      { ...NEW_KEY, id: next.key_id, prefix: begins(next), expires_at: next.key_expires_at },
    ]);
    expect(hoursUntil(keys[0]?.expires_at)).toBeCloseTo(2, 1);
    expect((await api('list')).stdout).toContain(`svc     ${made.key_id}`);
    expect(await api('revoke', 'svc', '--key', made.key_id)).toEqual({
      exitCode: 0,
      stdout: `Revoked the key ${made.key_id} of svc.\n`,
      stderr: '',
    });
    expect(await stateOf(made)).toEqual({ isRevoked: true, isExpired: false });
    expect(await stateOf(next)).toEqual({ isRevoked: false, isExpired: false });
    const said = await api('rotate', 'svc');
    expect(said.stdout).toMatch(/^Its older keys work for 24h more\. The new key of svc, .*\nch_\S{43}\n$/);
    expect((await api('rotate', 'svc', '--overlap', '0s')).stdout).toContain(
      'Its older keys are refused now.',
    );
    expect(await stateOf(next)).toEqual({ isRevoked: false, isExpired: true });
  });

  it.each([
    ['rotate', 'svc', '--overlap', '1 day'],
    ['rotate', 'svc', '--overlap=-1h'],
    ['rotate', 'svc', '--overlap', '3651d'],
    ['rotate', 'svc', '--expires-in', '0d'],
    ['rotate', 'svc', '--expires-in', '24'],
    ['create', 'other', '--permissions', 'admin', '--expires-in', 'soon'],
    ['revoke', 'svc', '--key', 'first'],
  ])('changes nothing for %s %s %s %s', async (...args) => {
    await clients.create({ name: 'svc', permissions: ['admin'] });
    const before = await clients.list();
    const outcome = await api(...args);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('takes') });
    expect(await clients.list()).toEqual(before);
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
      api('rotate', 'platfrom'),
      api('revoke', 'platform', '--key', newId()),
    ]);
    for (const { exitCode, stdout, stderr } of outcomes) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(await clients.list()).toHaveLength(1);
  });
});
