// The programs of a database cluster, each run as the account that PostgreSQL may run as, with its files in one directory.
// They end with the process that started this one, however that ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { serverAccount } from '../../../scripts/lib/postgres-binaries.mjs';
import { serveActions } from './kept-program.mjs';

const [directory] = process.argv.slice(2);
const account = serverAccount();
const running = new Map();

function own(file) {
  if (account.uid !== undefined) fs.chownSync(file, account.uid, account.gid);
}

const dataOf = (name) => path.join(directory, name, 'data');

/** The server on that directory and all processes of its own; none when it does not run. */
function serverProcesses(name) {
  const lock = path.join(dataOf(name), 'postmaster.pid');
  if (!fs.existsSync(lock)) return [];
  const postmaster = Number(fs.readFileSync(lock, 'utf8').split('\n', 1)[0]);
  // The id may belong to another process by now.
  const commandLine = path.join('/proc', String(postmaster), 'cmdline');
  if (!fs.existsSync(commandLine) || !fs.readFileSync(commandLine, 'utf8').includes(dataOf(name))) return [];
  return [postmaster, ...childrenOf(postmaster)];
}

const childrenOf = (parent) =>
  fs.readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = fs.readFileSync(path.join('/proc', entry, 'stat'), 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent ? [Number(entry)] : [];
    } catch {
      return []; // it has ended since it was listed
    }
  });

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

const actions = {
  /** Writes a file that a program reads. */
  write({ file, text }) {
    const target = path.join(directory, file);
    fs.writeFileSync(target, text, { mode: 0o600 });
    own(target);
    return target;
  },
  /** Starts a program with a directory of its own. */
  run({ name, command, parameters }) {
    fs.mkdirSync(path.join(directory, name), { recursive: true, mode: 0o700 });
    own(path.join(directory, name));
    const log = fs.openSync(path.join(directory, `${name}.log`), 'a', 0o600);
    const child = spawn(command, parameters, {
      ...account,
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    running.set(name, child);
    return once(child, 'spawn').then(() => undefined);
  },
  /** To a program and the PostgreSQL server that it keeps. */
  async signal({ name, signal }) {
    const child = running.get(name);
    // Its supervisor must not see the server end.
    for (const pid of [child.pid, ...serverProcesses(name)]) send(pid, signal);
    if (signal === 'SIGKILL' && child.exitCode === null && child.signalCode === null)
      await once(child, 'exit');
  },
};

fs.mkdirSync(directory, { mode: 0o700 });
own(directory);
serveActions(actions, async () => {
  for (const name of running.keys()) await actions.signal({ name, signal: 'SIGKILL' });
  const keep = process.env.CHAOS_KEEP;
  if (keep) {
    const logs = fs.readdirSync(directory).filter((file) => file.endsWith('.log'));
    for (const log of logs) fs.copyFileSync(path.join(directory, log), path.join(keep, log));
  }
  fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});
