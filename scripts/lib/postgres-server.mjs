import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { freePort, portFault } from './ports.mjs';
import { ownDirectory, postgresPrograms, serverAccount, sharedDirectories } from './postgres-binaries.mjs';
import { commandLine, hasEnded } from './processes.mjs';

const STOP_SECONDS = 20;
const READY_MS = 60_000;
const PORT_ATTEMPTS = 5;
const ENVIRONMENT = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
// A throw-away server may lose everything when the machine stops, never when only the server does.
const THROW_AWAY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
};

const settings = (values) => Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Makes the directory one that the server's account can work in; elsewhere, behind a link, when it cannot get there. */
async function placeFor(directory, account) {
  if (account.uid === undefined) {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    return directory;
  }
  const isLink = fs.lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (!isLink) {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    fs.chownSync(directory, account.uid, account.gid);
    if (canWorkIn(directory, account)) return directory;
    if (fs.readdirSync(directory).length > 0) {
      throw new Failure(
        `PostgreSQL runs as another user, who can no longer reach ${directory}; make its parent directories traversable, or set DATABASE_URL.`,
      );
    }
  }
  const name = `consent-hub-postgres-${createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16)}`;
  for (const parent of sharedDirectories()) {
    const elsewhere = path.join(parent, name);
    const isOurs = isLink && fs.readlinkSync(directory) === elsewhere;
    // A cluster without a link is left from a checkout that was deleted, and sealed with keys that are gone.
    if (!isOurs && fs.existsSync(elsewhere)) await removeCluster(elsewhere, account);
    ownDirectory(elsewhere, account, 0o700);
    fs.chownSync(elsewhere, account.uid, account.gid);
    if (!canWorkIn(elsewhere, account)) continue;
    if (!isOurs) {
      fs.rmSync(directory, { recursive: true, force: true });
      fs.symlinkSync(elsewhere, directory);
    }
    return elsewhere;
  }
  throw new Failure(`PostgreSQL runs as another user, who can write nowhere here; set DATABASE_URL instead.`);
}

const canWorkIn = (directory, account) =>
  spawnSync('/bin/sh', ['-c', 'test -w "$0" && test -x "$0"', directory], { ...account, cwd: '/' }).status ===
  0;

/** Stops any server on the directory and removes the directory, also behind a link. */
export async function removeCluster(directory, account = serverAccount()) {
  if (fs.existsSync(path.join(directory, 'data', 'postmaster.pid'))) {
    await stopPredecessor(postgresPrograms(account), path.join(fs.realpathSync(directory), 'data'), account);
  }
  if (fs.lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fs.rmSync(fs.readlinkSync(directory), { recursive: true, force: true });
  }
  fs.rmSync(directory, { recursive: true, force: true });
}

/**
 * A run that was killed leaves its server behind, or only its lock file. The process id in there may belong to another process by
 * now, so a signal is sent only to a server of this very directory.
 */
async function stopPredecessor(programs, data, account) {
  const lock = path.join(data, 'postmaster.pid');
  if (!fs.existsSync(lock)) return;
  const pid = Number(fs.readFileSync(lock, 'utf8').split('\n', 1)[0]);
  if (process.platform === 'win32' || commandLine(pid)?.includes(data)) {
    const stop = (mode) => pgStop(programs, data, account, { mode, seconds: STOP_SECONDS });
    if (!(await stop('fast'))) await stop('immediate');
  } else {
    fs.rmSync(lock, { force: true });
  }
}

/** Whether the server of that directory is gone. pg_ctl runs under the server's account: it can harm no other process. */
async function pgStop(programs, data, account, { mode, seconds }) {
  const options = { ...account, env: ENVIRONMENT, cwd: '/', stdio: 'ignore' };
  const child = spawn(
    programs.pg_ctl,
    ['-D', data, '-m', mode, '-w', '-t', String(seconds), 'stop'],
    options,
  );
  const [code] = await once(child, 'close');
  return code === 0;
}

async function initialise(programs, directory, account, durable) {
  const data = path.join(directory, 'data');
  if (fs.existsSync(path.join(data, 'PG_VERSION'))) return data;
  const password = path.join(directory, 'password');
  const unfinished = path.join(directory, 'data.unfinished');
  fs.rmSync(data, { recursive: true, force: true });
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account.uid !== undefined) fs.chownSync(password, account.uid, account.gid);
  const options = [
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
    '-E',
    'UTF8',
    '--locale=C',
    // Tests connect thousands of times, with a password of 192 random bits that needs no stretching.
    ...(durable ? [] : ['-c', 'scram_iterations=1']),
  ];
  const child = spawn(programs.initdb, ['-D', unfinished, '--no-sync', '--no-instructions', ...options], {
    ...account,
    env: ENVIRONMENT,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Failure(`PostgreSQL could not make its data directory ${unfinished}:\n${output.trim()}`);
  // initdb writes PG_VERSION early: only the name distinguishes a finished directory from one whose maker was killed.
  fs.renameSync(unfinished, data);
  return data;
}

/** Starts the server; resolves when it accepts connections. */
function launch(programs, data, account, arguments_) {
  return new Promise((resolve, reject) => {
    const server = spawn(programs.postgres, ['-D', data, ...arguments_], {
      ...account,
      env: ENVIRONMENT,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    const tooLate = setTimeout(() => server.kill('SIGKILL'), READY_MS);
    server.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-8_000);
      // A standby accepts those that only read.
      if (!/ready to accept (read-only )?connections/.test(output)) return;
      clearTimeout(tooLate);
      resolve(server);
    });
    server.once('error', reject);
    server.once('exit', (code, signal) => {
      clearTimeout(tooLate);
      reject(
        new Failure(`PostgreSQL stopped as it started (${signal ?? `exit code ${code}`}):\n${output.trim()}`),
      );
    });
  });
}

async function launchOnFreePort(programs, data, account, { preferredPort, parameters }) {
  for (let attempt = 1; ; attempt++) {
    const usePreferred = attempt === 1 && preferredPort && (await portFault(preferredPort)) === undefined;
    const port = usePreferred ? preferredPort : await freePort();
    try {
      const server = await launch(programs, data, account, ['-p', String(port), ...settings(parameters)]);
      return { server, port };
    } catch (error) {
      // Between asking for a free port and taking it another process may have taken it.
      if (
        attempt === PORT_ATTEMPTS ||
        !/could not create any TCP\/IP sockets|Address already in use/.test(error.message)
      ) {
        throw error;
      }
    }
  }
}

/**
 * Runs a PostgreSQL server of its own on a directory, reachable over 127.0.0.1 with a password only.
 *
 * @param directory everything of the server is in there; made when missing
 * @param durable false for a server whose data is not needed after a crash
 * @returns its URL, its process, and `stop(mode)`: `smart` waits for clients to leave, `fast` does not
 */
export async function runServer({ directory, durable }) {
  const account = serverAccount();
  const programs = postgresPrograms(account);
  const place = await placeFor(path.resolve(directory), account);
  await stopPredecessor(programs, path.join(place, 'data'), account);
  const data = await initialise(programs, place, account, durable);
  const portFile = path.join(place, 'port');
  const preferredPort = fs.existsSync(portFile) ? Number(fs.readFileSync(portFile, 'utf8')) : undefined;
  const parameters = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    ...(durable ? {} : THROW_AWAY),
  };
  const { server, port } = await launchOnFreePort(programs, data, account, { preferredPort, parameters });
  fs.writeFileSync(portFile, String(port));
  const password = fs.readFileSync(path.join(place, 'password'), 'utf8').trim();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    server,
    async stop(mode = 'fast', seconds = STOP_SECONDS) {
      return hasEnded(server) || pgStop(programs, data, account, { mode, seconds });
    },
  };
}
