import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLoginUser, divideTimelines, writeEntry, type LoginUser } from '@consent-hub/testing';
import { AdminHub } from '../../testing/admin-hub.harness.js';
import { runHere } from '../../testing/cli.harness.js';

jest.setTimeout(60_000);

const sha256 = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();

let hub: AdminHub;
let directory: string;
const users: LoginUser[] = [];
/** Two that ended more than a day ago, and this one. */
let months: readonly [string, string, string];
let lasting: string;
let ended: string;

beforeEach(async () => {
  hub = await AdminHub.start();
  directory = await mkdtemp(join(tmpdir(), 'consent-hub-export-'));
  const [first = '', second = '', , now = ''] = await divideTimelines(hub.dataSource, 3);
  months = [first, second, now];
  [lasting, ended] = [await given(first, second), await given(first)];
});
afterEach(async () => {
  await hub.close();
  for (const user of users.splice(0)) await user.drop(process.env['TEST_DATABASE_URL'] ?? '');
  await rm(directory, { recursive: true, force: true });
});

/** A consent with an entry in each of these months, and none in this one. */
async function given(...written: string[]): Promise<string> {
  const id = await hub.given.live(hub.owner);
  await hub.tamper('DELETE FROM hub.consent_event WHERE consent_id = $1', id);
  await hub.tamper('DELETE FROM hub.consent_timeline WHERE consent_id = $1', id);
  for (const month of written) await writeEntry(hub.dataSource, id, month);
  return id;
}

async function loginUser(role: string): Promise<LoginUser> {
  const user = await createLoginUser(hub.database.url, [role]);
  users.push(user);
  return user;
}

const fileOf = (month: string): string => join(directory, `${month}.ndjson`);
const run = (...args: string[]) => runHere(hub.env, 'timeline', ...args);
const exported = (month: string) => run('export', '--month', month, '--file', fileOf(month));
const drop = (month: string, ...args: string[]) =>
  runHere(
    { DATABASE_URL: hub.database.url, TIMELINE_RETENTION_MONTHS: '1' },
    ...['timeline', 'drop', '--month', month, ...args],
  );
const verifyExports = (...of: string[]) =>
  run('verify', ...of.flatMap((month) => ['--export', fileOf(month)]));

describe('consent-hub timeline export', () => {
  it('writes each entry as what was hashed, and a last line that counts; the file is there once it is whole', async () => {
    expect(await exported(months[0])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Exported 2 entries'),
    });
    const lines = (await readFile(fileOf(months[0]), 'utf8')).trimEnd().split('\n');
    const entries = lines.slice(0, -1).map((line) => JSON.parse(line) as { entry: unknown[]; hash: string });
    expect(entries.map(({ entry }) => entry[0])).toEqual([lasting, ended].sort());
    for (const [at, { hash }] of entries.entries()) {
      const [, bytes = ''] = /^\{"entry": (.*), "hash": "/.exec(lines[at] ?? '') ?? [];
      expect(sha256(bytes).toString('hex')).toBe(hash);
    }
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      month: months[0],
      entries: 2,
      digest: sha256(Buffer.concat(entries.map(({ hash }) => Buffer.from(hash, 'hex')))).toString('hex'),
    });
  });

  it('refuses a month that has not ended, what is no month, and a file that exists', async () => {
    expect(await exported(months[2])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('month_not_over'),
    });
    await expect(readFile(fileOf(months[2]))).rejects.toThrow('ENOENT');
    expect(await exported('2026-13')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--month must be'),
    });
    await writeFile(fileOf(months[0]), 'mine');
    expect(await exported(months[0])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is there already'),
    });
    expect(await readFile(fileOf(months[0]), 'utf8')).toBe('mine');
  });

  it('exports nothing as whole that was changed', async () => {
    await hub.tamper(`UPDATE hub.consent_event SET actor = 'x' WHERE consent_id = $1 AND seq = 1`, lasting);
    expect(await exported(months[0])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('was changed'),
    });
    await expect(readFile(fileOf(months[0]))).rejects.toThrow('ENOENT');
    expect(await drop(months[0])).toMatchObject({ exitCode: 1 });
  });
});

describe('consent-hub timeline drop', () => {
  it('drops what was exported; what is left, and the exports with it, verify', async () => {
    for (const month of months.slice(0, 2)) await exported(month);
    expect(await drop(months[0])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Dropped') });
    expect(await run('verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('2 timelines with 1 entry'),
    });
    expect(await verifyExports(months[0])).toMatchObject({
      exitCode: 0,
      stdout: 'Verified 2 exported timelines with 2 entries: all are whole.\n',
    });
    expect(await verifyExports(months[1], months[0])).toMatchObject({ exitCode: 0 });
    expect(await hub.call('GET', `/v1/consents/${ended}/events`)).toMatchObject({
      status: 200,
      body: { items: [] },
    });
  });

  it('refuses what was not exported, or not whole, or is not the oldest, or is kept, and drops nothing', async () => {
    const refused = async (text: string, month: string, retention = '1') => {
      const env = { DATABASE_URL: hub.database.url, TIMELINE_RETENTION_MONTHS: retention };
      expect(await runHere(env, 'timeline', 'drop', '--month', month)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringContaining(text),
      });
    };
    await refused(`not exported, or not as it is, was ${months[0]}`, months[0]);
    await exported(months[0]);
    await writeEntry(hub.dataSource, lasting, months[0], 6);
    await refused(`not exported, or not as it is, was ${months[0]}`, months[0]);
    await refused('the oldest partition of timelines ends with', months[1]);
    await refused('is not older than 3 months', months[0], '3');
    await refused('TIMELINE_RETENTION_MONTHS is 0', months[0], '0');
    expect(await run('verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('with 4 entries'),
    });
  });

  it('drops what was not exported with the option for it', async () => {
    expect(await drop(months[0], '--without-export')).toMatchObject({ exitCode: 0 });
    expect(await run('verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('with 1 entry'),
    });
  });

  it('needs a user that owns the schema: that of a hub is refused', async () => {
    const user = await loginUser('consent_hub_app');
    const env = { DATABASE_URL: user.url, TIMELINE_RETENTION_MONTHS: '1' };
    expect(await runHere(env, 'timeline', 'drop', '--month', months[0], '--without-export')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('does not own the schema'),
    });
    const owning = { ...env, DATABASE_URL: (await loginUser('consent_hub_owner')).url };
    expect(await runHere(owning, 'timeline', 'drop', '--month', months[0], '--without-export')).toMatchObject(
      {
        exitCode: 0,
      },
    );
  });
});

describe('consent-hub timeline verify --export', () => {
  beforeEach(async () => {
    for (const month of months.slice(0, 2)) await exported(month);
  });

  it('finds an export that was changed, cut off, or put together otherwise', async () => {
    const whole = await readFile(fileOf(months[0]), 'utf8');
    const of = async (text: string) => {
      await writeFile(fileOf(months[0]), text);
      return verifyExports(months[0]);
    };
    expect(await of(whole.replace('"noted"', '"noded"'))).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('entry 1 was changed'),
    });
    const [first = '', ...others] = whole.trimEnd().split('\n');
    expect(await of(`${others.join('\n')}\n`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('does not hold the 2 entries'),
    });
    expect(await of(`${first}\n`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is not whole'),
    });
    expect(await of([others[0], first, ...others.slice(1)].join('\n'))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('not in the order'),
    });
    expect(await of('hello\n')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('none of an export'),
    });
    await writeFile(fileOf(months[0]), whole);
    await appendFile(fileOf(months[0]), 'more\n');
    expect(await verifyExports(months[0])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('continues after its last line'),
    });
  });

  it('finds a database that does not continue where the export ends', async () => {
    await hub.tamper(
      `UPDATE hub.consent_event e SET actor = 'x', hash = hub.consent_event_hash(jsonb_populate_record(e, '{"actor": "x"}'))
        WHERE consent_id = $1 AND seq = 1`,
      ended,
    );
    expect(await verifyExports(months[0])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`${ended}: entry 1 is not the one from which the database continues`),
    });
  });

  it('says which timelines continue in months that are gone and not named', async () => {
    for (const month of months.slice(0, 2)) {
      expect(await drop(month)).toMatchObject({ exitCode: 0 });
    }
    expect(await verifyExports(months[0])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('1 continue in later months that were dropped'),
    });
    expect(await verifyExports(...months.slice(0, 2))).toMatchObject({ exitCode: 0 });
  });
});
