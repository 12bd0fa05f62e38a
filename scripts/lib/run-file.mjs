import fs from 'node:fs';
import path from 'node:path';
import { stackMark } from './app-process.mjs';
import { Failure } from './failure.mjs';
import { readJsonFile, writePrivateFile } from './private-files.mjs';
import { commandLine, isAlive, waitUntil } from './processes.mjs';

const LEAVE_MS = 8_000;

const fileOf = (local) => path.join(local, 'run.json');

/** Process ids are used again: one that was read from a file is ours only if its command line says so. */
const isOurs = ({ pid, mark }) => isAlive(pid) && (commandLine(pid)?.includes(mark) ?? false);

/** The process id of the script whose stack runs on this directory, if there is one. */
export function runningStack(local) {
  const run = readJsonFile(fileOf(local));
  return run && run.pid !== process.pid && isOurs(run) ? run.pid : undefined;
}

/**
 * Makes the directory ours for as long as we run.
 *
 * @returns `note(name, pid, mark)` to remember a process that must not outlive us, and `release()`
 * @throws Failure while another script holds it
 */
export async function claimRun(local) {
  const file = fileOf(local);
  // Root's database server runs as another user, who has to pass through this directory, and sees nothing in it.
  fs.mkdirSync(local, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const mine = { pid: process.pid, mark: 'start.mjs', children: [] };
  for (;;) {
    try {
      fs.writeFileSync(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pid = runningStack(local);
    if (pid) {
      throw new Failure(
        `A stack runs on ${local} already, started by process ${pid}. Stop it by Ctrl-C in its terminal, or: kill ${pid}`,
      );
    }
    await endLeftovers(readJsonFile(file)?.children ?? []);
    fs.rmSync(file, { force: true });
  }
  return {
    note(name, pid, mark = stackMark(local)) {
      mine.children.push({ name, pid, mark });
      writePrivateFile(file, JSON.stringify(mine));
    },
    release: () => fs.rmSync(file, { force: true }),
  };
}

/** The processes of a run that was killed end by themselves; these are the ones that are stuck. */
async function endLeftovers(children) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    const left = children.filter(isOurs);
    for (const { pid } of left) process.kill(pid, signal);
    if (await waitUntil(() => !left.some(isOurs), LEAVE_MS)) return;
  }
}
