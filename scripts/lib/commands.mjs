import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

const LEAVE_MS = 3_000;

const running = new Set();

/** Resolves when no program runs any more; after an abort, so that none outlives us. */
export const commandsEnded = () => Promise.allSettled(running);

/**
 * Runs a program of ours to its end.
 *
 * @param what how the failure calls it: `The build`
 * @param signal ends it, and with it the wait, once it is gone
 * @throws Failure with the program's own words when its exit code is not 0
 */
export function run(command, arguments_, options = {}) {
  const ended = runToItsEnd(command, arguments_, options).finally(() => running.delete(ended));
  running.add(ended);
  return ended;
}

async function runToItsEnd(command, arguments_, { what = command, env = process.env, signal }) {
  signal?.throwIfAborted();
  const child = spawn(command, arguments_, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  let deadline;
  const leave = () => {
    child.kill('SIGTERM');
    // npm takes its time to tidy up.
    deadline = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
  };
  signal?.addEventListener('abort', leave, { once: true });
  const [code, killedBy] = await once(child, 'close');
  signal?.removeEventListener('abort', leave);
  clearTimeout(deadline);
  signal?.throwIfAborted();
  if (code === 0) return output;
  const end = killedBy ? `was ended by ${killedBy}` : `failed with exit code ${code}`;
  throw new Failure(`${what} ${end}.${output.trim() && `\n${output.trim()}`}`);
}

/** Runs a JavaScript program with the Node that runs us. */
export const runNode = (arguments_, options) => run(process.execPath, arguments_, options);

/** The program and its arguments that run npm: the one that started us, else the one of the PATH. */
export function npmCommand(arguments_) {
  const cli = process.env.npm_execpath;
  if (cli && /\.[cm]?js$/.test(cli)) return [process.execPath, [cli, ...arguments_]];
  return process.platform === 'win32'
    ? ['cmd.exe', ['/d', '/s', '/c', 'npm', ...arguments_]]
    : ['npm', arguments_];
}

/** Runs npm to its end. */
export const runNpm = (arguments_, options) => run(...npmCommand(arguments_), options);
