import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import { runHere, runProcess } from './cli/cli.stage.js';

jest.setTimeout(120_000);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the command line as a process', () => {
  it('prints for programs what they asked for, and ends with 0', async () => {
    const env = { DATABASE_URL: database.url };
    const made = await runProcess(env, 'api-client', 'create', 'service', '--permissions', 'admin', '--json');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(made.stdout)).toMatchObject({ name: 'service', key: expect.stringMatching(/^ch_/) });
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
    const [failed, misused] = await Promise.all([
      runProcess({}, 'consents', 'list'),
      runProcess({}, 'consents', 'purge'),
    ]);
    expect(failed).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('DATABASE_URL'),
    });
    expect(misused).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('"consents purge"'),
    });
  });
});

describe('the command line', () => {
  it('helps whoever asks, without a database', async () => {
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
      'journal list',
      'journal reparse [request-id]',
      'timeline verify [consent-id]',
    ])
      expect(all.stdout).toContain(`  ${name} `);
    const one = await runHere({}, 'journal', 'reparse', '--help');
    expect(one).toMatchObject({ exitCode: 0, stderr: '' });
    expect(one.stdout).toContain('Reads the whole environment of the hub');
  });

  it('says what is wrong with the database', async () => {
    const empty = Object.assign(new URL(database.url), { pathname: '/postgres' }).href;
    expect(await runHere({ DATABASE_URL: empty }, 'consents', 'list')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('npm run db:migrate'),
    });
    expect(
      await runHere({ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, 'timeline', 'verify'),
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
    ['consents erase', '--psu-ref <name> is missing'],
    ['consents erase --psu-ref x --brand ing', '--brand takes one of belfius, banx'],
    ['journal list --status lost', '--status takes one of'],
    ['journal list --limit 0', '--limit takes a whole number from 1 to 1000'],
    ['journal reparse 7', '[request-id] takes a UUID'],
    ['timeline verify all', '[consent-id] takes a UUID'],
  ])('explains what it does not understand: %s', async (line, reason) => {
    const outcome = await runHere({ DATABASE_URL: database.url }, ...line.split(' '));
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(reason) });
    expect(outcome.stderr).toContain(`Usage: consent-hub ${line.split(' ').slice(0, 2).join(' ')}`);
  });
});
