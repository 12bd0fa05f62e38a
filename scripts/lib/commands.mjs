import { spawn } from 'node:child_process';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

/**
 * Runs a program of ours to its end.
 *
 * @param show true: its output goes to the terminal as it comes; false: it is kept, and told when the program fails
 * @param what how the failure calls it: `The build`
 * @throws Failure with the program's own words when its exit code is not 0
 */
export function run(command, arguments_, { what, show = false, env = process.env, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, {
      cwd: ROOT,
      env,
      signal,
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (code === 0) return resolve(output);
      const end = killedBy ? `was ended by ${killedBy}` : `failed with exit code ${code}`;
      reject(new Failure(`${what ?? command} ${end}.${output.trim() && `\n${output.trim()}`}`));
    });
  });
}

/** Runs a JavaScript program with the Node that runs us. */
export const runNode = (arguments_, options) => run(process.execPath, arguments_, options);

/** Runs npm: the one that started us, else the one of the PATH. */
export function runNpm(arguments_, options) {
  const cli = process.env.npm_execpath;
  if (cli && /\.[cm]?js$/.test(cli)) return runNode([cli, ...arguments_], options);
  return process.platform === 'win32'
    ? run('cmd.exe', ['/d', '/s', '/c', 'npm', ...arguments_], options)
    : run('npm', arguments_, options);
}
