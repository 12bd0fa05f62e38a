import { execFile } from 'node:child_process';
import { runCommandLine } from '../src/cli/run-command-line.js';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In this process, with nothing of its environment but what is given. */
export async function runHere(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({ write: (text: string) => void (written[name] += text) });
  const exitCode = await runCommandLine(args, { env, stdout: stream('stdout'), stderr: stream('stderr') });
  return { exitCode, ...written };
}

/** As the built program, but from its sources: a process of its own, which takes seconds to load. */
export const runProcess = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', '@swc-node/register/esm-register', 'apps/consent-hub/src/cli.ts', ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
