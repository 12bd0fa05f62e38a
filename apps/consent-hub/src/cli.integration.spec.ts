import { freePort } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { AdminHub } from '../testing/admin-hub.harness.js';
import { runHere, runProcess } from '../testing/cli.harness.js';

jest.setTimeout(120_000);
let hub: AdminHub;
beforeAll(async () => {
  hub = await AdminHub.start();
});
afterAll(() => hub.close());

describe('the command line as a process', () => {
  it('prints for programs what they asked for, and ends with 0', async () => {
    const database = { DATABASE_URL: hub.database.url };
    const options = ['--permissions', 'admin', '--json'];
    const made = await runProcess(database, 'api-client', 'create', 'service', ...options);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const { name, key } = JSON.parse(made.stdout) as { name: string; key: string };
    expect([name, key]).toEqual(['service', expect.stringMatching(/^ch_/)]);
    const env = { CONSENT_HUB_URL: hub.hub.url, CONSENT_HUB_API_KEY: key };
    const verified = await runProcess(env, 'timeline', 'verify');
    expect(verified).toEqual({
      exitCode: 0,
      stdout:
        'Verified 0 timelines with 0 entries: all are whole.\n' +
        'Chain and anchor are in this database: a rewrite of both, or an older copy of the whole, is not seen from here.\n',
      stderr: '',
    });
  });

  it('ends with 1 when it fails and with 2 when it is not understood', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const [failed, misused, away] = await Promise.all([
      runProcess({}, 'api-client', 'list'),
      runProcess({}, 'consents', 'purge'),
      runProcess({ CONSENT_HUB_URL: url, CONSENT_HUB_API_KEY: 'ch_x' }, 'consents', 'list'),
    ]);
    expect(failed).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('DATABASE_URL'),
    });
    expect(away).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `The hub cannot be reached at ${url}: ECONNREFUSED.\n`,
    });
    expect(misused).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('"consents purge"'),
    });
  });
});

describe('the command line', () => {
  it('prints its help without a database', async () => {
    const all = await runHere({}, '--help');
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of [
      'api-client create <name>',
      'api-client list',
      'api-client revoke <name>',
      'consents list',
      'consents show <id>',
      'consents revoke <id>',
      'consents erase',
      'console link',
      'journal list',
      'journal reparse [request-id]',
      'journal resolve <request-id>',
      'journal reconcile [spool-dir]',
      'timeline anchor',
      'timeline verify [consent-id]',
      'vault status',
      'vault rotate',
      'vault reseal',
      'vault retire <key>',
    ])
      expect(all.stdout).toContain(`  ${name} `);
    const one = await runHere({}, 'journal', 'reconcile', '--help');
    expect(one).toMatchObject({ exitCode: 0, stderr: '' });
    expect(one.stdout).toContain('Reads the whole environment of the hub');
    expect(one.stdout).toContain('it works on the database and not over HTTP');
    for (const words of [
      ['consents', 'list'],
      ['journal', 'reparse'],
      ['timeline', 'anchor'],
      ['timeline', 'verify'],
      ['vault', 'retire'],
    ]) {
      const { stdout } = await runHere({}, ...words, '--help');
      expect(stdout).toContain('Reads CONSENT_HUB_URL and CONSENT_HUB_API_KEY');
      expect(stdout).toMatch(/--url <url> .*\n.*--api-key <key> /);
    }
    expect((await runHere({}, 'api-client', 'list', '--help')).stdout).toContain('Reads DATABASE_URL');
  });

  it('says what is wrong with the database', async () => {
    const empty = Object.assign(new URL(hub.database.url), { pathname: '/postgres' }).href;
    expect(await runHere({ DATABASE_URL: empty }, 'api-client', 'list')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('npm run db:migrate'),
    });
    expect(
      await runHere({ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, 'api-client', 'list'),
    ).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('does not lead to a database'),
    });
  });

  it.each([
    ['consents show', '<id> is missing'],
    ['consents show 1', '<id> is the id of a consent, a UUID, not 1'],
    ['consents list --state lost', '--state must be one of initiated'],
    ['consents list --limit 201', '--limit must be a whole number from 1 to 200'],
    ['consents list --created-from yesterday', '--created-from must be a date'],
    ['consents list --created-from 2026-02-01 --created-to 2026-01-01', '--created-to must be later'],
    ['consents list --cursor x', 'The cursor is not one of this API'],
    ['consents list --client unknown', '--client must be the name or the id of an API client'],
    ['consents erase', '--psu-ref <name> is missing'],
    ['consents erase --psu-ref \u202ex', '--psu-ref must be 1 to 128 printable characters'],
    ['consents erase --psu-ref x --brand ing', `--brand takes one of ${BRANDS.join(', ')}`],
    ['journal list --status lost', '--status takes one of'],
    ['journal list --limit 0', '--limit takes a whole number from 1 to 1000'],
    ['journal reparse 7', '[request-id] takes a UUID'],
    ['journal resolve 7', '<request-id> takes a UUID'],
    ['timeline verify all', '[consent-id] takes a UUID'],
    ['vault retire a/b', '<key> is not the id of a key'],
    ['api-client list --url http://127.0.0.1:3000', '--url is not an option of this command'],
  ])('explains what it does not understand: %s', async (line, reason) => {
    const outcome = await runHere({ ...hub.env, DATABASE_URL: hub.database.url }, ...line.split(' '));
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(reason) });
    expect(outcome.stderr).toContain(`Usage: consent-hub ${line.split(' ').slice(0, 2).join(' ')}`);
  });
});
