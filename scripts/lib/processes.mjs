import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** Whether a process of this id exists, of any owner. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * The command line of a live process, or undefined when it cannot be known. Process ids are used again: compare this
 * before sending a signal to an id that was read from a file.
 */
export function commandLine(pid) {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    // no /proc here, or no such process
  }
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], options).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Resolves to true once the condition holds, to false when it does not within the time. */
export async function waitUntil(condition, milliseconds, everyMilliseconds = 25) {
  const deadline = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
  }
  return true;
}

/** Whether a child process of ours has ended. */
export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;
