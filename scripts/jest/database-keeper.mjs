// Holds the database server of one test run, with a migrated template in it, and leaves nothing behind.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { Failure } from '../lib/failure.mjs';
import { keep } from '../lib/keeper.mjs';
import { ROOT } from '../lib/paths.mjs';
import { serverAccount, sharedDirectories } from '../lib/postgres-binaries.mjs';
import { removeCluster, runServer } from '../lib/postgres-server.mjs';
import { isAlive } from '../lib/processes.mjs';

/** The host's name too: containers that share a directory for temporary files do not share process ids. */
const PREFIX = `consent-hub-test-${os.hostname()}-`;

const MEMORY = '/dev/shm';

/** Servers of test runs whose keeper was killed with everything else. Their keeper's process id is in the name. */
async function removeLeftovers(parent, account) {
  if (!fs.existsSync(parent)) return;
  for (const name of fs.readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length));
    if (!Number.isInteger(pid) || (pid !== process.pid && isAlive(pid))) continue;
    const leftover = path.join(parent, name);
    const owner = fs.lstatSync(leftover, { throwIfNoEntry: false })?.uid;
    if (owner === process.getuid?.() || owner === account.uid) await removeCluster(leftover);
  }
}

/** Bytes that processes can have before others must give some up. */
const availableMemory = () =>
  1024 * Number(/^MemAvailable: +(\d+) kB$/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);

/** Several times what all databases of a tier were seen to take at once, which is 0.7 GB. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * The file system in memory, where it has room; undefined elsewhere. A database is hundreds of files: on a disk, to make and
 * remove them for the databases of tests can take a third of all time of the processors.
 */
function memoryDirectory() {
  try {
    const { bavail, bsize } = fs.statfsSync(MEMORY);
    return Math.min(bavail * bsize, availableMemory()) > ROOM_BYTES ? MEMORY : undefined;
  } catch {
    return undefined; // no Linux
  }
}

async function ownServer(durable) {
  const account = serverAccount();
  const disk = account.uid === undefined ? os.tmpdir() : sharedDirectories()[0];
  for (const parent of [disk, MEMORY]) await removeLeftovers(parent, account);
  const directory = path.join((durable ? undefined : memoryDirectory()) ?? disk, PREFIX + process.pid);
  try {
    const { url, stop } = await runServer({ directory, durable });
    return {
      url,
      async close() {
        await stop('immediate');
        await removeCluster(directory);
      },
    };
  } catch (error) {
    await removeCluster(directory);
    throw error;
  }
}

async function query(url, ...statements) {
  const client = new pg.Client({ connectionString: url, application_name: 'consent-hub-test-setup' });
  await client.connect().catch((error) => {
    throw new Failure(
      `The database server for the tests at ${new URL(url).host} does not answer: ${error.message}`,
    );
  });
  try {
    let result;
    for (const statement of statements) result = await client.query(statement);
    return result.rows;
  } finally {
    await client.end();
  }
}

/** The schema of one app, by the data source in this file. */
async function migrate(url, config) {
  const cli = ['--import', '@swc-node/register/esm-register', 'node_modules/typeorm/cli.js'];
  const child = spawn(process.execPath, [...cli, 'migration:run', '-d', config], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Failure(`The migrations failed on an empty database:\n${output.trim()}`);
}

const databaseOf = (url, name) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Until none is left: a worker of a run that was interrupted may still be cloning. */
async function dropDatabases(url, template) {
  const find = `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}') ORDER BY length(datname)`;
  for (let names = await query(url, find); names.length > 0; names = await query(url, find)) {
    for (const { datname } of names) await query(url, `DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  }
}

keep(async ({ databaseUrl, durable = false }) => {
  const server = databaseUrl ? { url: databaseUrl } : await ownServer(durable);
  // Two runs may share a server that was given: each has names of its own.
  const template = `consent_hub_template_${randomBytes(5).toString('hex')}`;
  const close = () => (server.close ? server.close() : dropDatabases(server.url, template));
  try {
    await query(server.url, `CREATE DATABASE ${template}`);
    const configs = ['ormconfig.ts', 'ormconfig.sandbox-bank.ts'];
    await Promise.all(configs.map((config) => migrate(databaseOf(server.url, template), config)));
    return { value: { url: server.url, template }, close };
  } catch (error) {
    await close();
    throw error;
  }
});
