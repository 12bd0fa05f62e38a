import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isRunning, Program, ROOT, until } from './local-stack.js';

const START_MS = 60_000;
/** A program that starts the server on a directory, says where, and holds it until it is ended. */
const HOLDER = `
  import { startPostgres } from ${JSON.stringify(join(ROOT, 'scripts', 'lib', 'postgres.mjs'))};
  const [directory] = process.argv.slice(1);
  const server = await startPostgres({ directory, logFile: directory + '.log' });
  console.log('ready ' + JSON.stringify({ ...server.value, keeper: server.pid }) + ' .');
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
  setInterval(() => {}, 60_000);
`;

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly keeper: number;
}

describe('the database server of a local stack', () => {
  const base = mkdtempSync(join(tmpdir(), 'consent-hub-database-'));
  const directory = `${base}-server`;
  const programs: Program[] = [];
  let holder: Program;

  const start = async (): Promise<Server> => {
    holder = new Program(process.execPath, ['--input-type=module', '-e', HOLDER, directory], process.env);
    programs.push(holder);
    await holder.prints(' .', START_MS);
    return JSON.parse(/ready (.*) \./.exec(holder.output)?.[1] ?? '') as Server;
  };
  const stop = async (): Promise<void> => {
    holder.signal('SIGTERM');
    expect(await holder.ends(START_MS)).toBe(0);
  };
  const query = async (url: string, statement: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  };

  afterAll(() => {
    for (const program of programs) program.killGroup();
    for (const path of [base, directory, `${directory}.log`]) rmSync(path, { recursive: true, force: true });
  });

  it(
    'keeps its data, its port and its password from one start to the next',
    async () => {
      const first = await start();
      await query(first.url, `CREATE TABLE kept AS SELECT 'still here' AS text`);
      await stop();
      expect(isRunning(first.pid)).toBe(false);
      const second = await start();
      expect(second.url).toBe(first.url);
      expect(await query(second.url, 'SELECT text FROM kept')).toEqual([{ text: 'still here' }]);
      await stop();
    },
    2 * START_MS,
  );

  it(
    'ends by itself when the process that started it is killed',
    async () => {
      const { pid, keeper } = await start();
      holder.signal('SIGKILL');
      await until('server and keeper have ended', () => !isRunning(pid) && !isRunning(keeper), START_MS);
      expect(existsSync(join(directory, 'data', 'postmaster.pid'))).toBe(false);
    },
    2 * START_MS,
  );

  it(
    'starts on a server that still runs because its keeper was killed too',
    async () => {
      const orphan = await start();
      process.kill(orphan.keeper, 'SIGKILL');
      holder.killGroup();
      expect(isRunning(orphan.pid)).toBe(true);
      const server = await start();
      expect(isRunning(orphan.pid)).toBe(false);
      expect(await query(server.url, 'SELECT text FROM kept')).toHaveLength(1);
      await stop();
    },
    2 * START_MS,
  );

  it(
    'leaves alone a process that now bears the number in a lock file left behind',
    async () => {
      const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' });
      try {
        await once(bystander, 'spawn');
        const lock = `${bystander.pid}\n${join(directory, 'data')}\n0\n5432\n\n127.0.0.1\n\nready\n`;
        writeFileSync(join(directory, 'data', 'postmaster.pid'), lock, { mode: 0o600 });
        const server = await start();
        expect(await query(server.url, 'SELECT text FROM kept')).toHaveLength(1);
        await stop();
        expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
      } finally {
        bystander.kill('SIGKILL');
      }
    },
    2 * START_MS,
  );

  it(
    'begins anew where its first start was killed half-way',
    async () => {
      rmSync(join(directory, 'data'), { recursive: true });
      mkdirSync(join(directory, 'data.unfinished'));
      writeFileSync(join(directory, 'data.unfinished', 'PG_VERSION'), '18\n');
      const server = await start();
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(readFileSync(join(directory, 'data', 'PG_VERSION'), 'utf8').trim()).toBe('18');
      await stop();
    },
    2 * START_MS,
  );
});
