import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, isFreePort } from '@consent-hub/platform';
import { machinePorts } from '../support/machine-ports.js';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** What ends a start script's environment from deciding for the stack under test. */
const OURS = /^(HUB|BANK|SANDBOX|REFRESH|CONSENT)_|^DATABASE_URL$/;

/** A free port with another free one above it. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await isFreePort(port + 1)) return port;
  }
}

/** An environment with a directory and ports of its own, for two hubs too, so that a developer's running stack is not disturbed. */
export async function stackEnvironment(local: string): Promise<NodeJS.ProcessEnv> {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const names = ['HUB_PORT', 'SANDBOX_HTTP_PORT', ...Object.keys(machinePorts(() => 0))];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePair())] as const));
  return { ...Object.fromEntries(inherited), ...Object.fromEntries(ports), CONSENT_HUB_LOCAL_DIR: local };
}

/** Resolves once the condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Whether the process runs; one that ended and was not collected by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8') !== '';
}

/** A program under test, and what it prints. */
export class Program {
  output = '';
  exitCode: number | undefined;
  readonly #child: ChildProcess;

  /** @param as where it runs, and as which user; else in the checkout, as ourselves */
  constructor(
    command: string,
    arguments_: readonly string[],
    env: NodeJS.ProcessEnv,
    as: { readonly cwd?: string; readonly uid?: number; readonly gid?: number } = {},
  ) {
    // A process group of its own: a signal to npm then also tests processes that a terminal would not have signalled.
    this.#child = spawn(command, arguments_, {
      cwd: ROOT,
      ...as,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.#child.once('exit', (code) => (this.exitCode = code ?? -1));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has printed that; fails with all its output when it ends before. */
  async prints(text: string, withinMs: number): Promise<void> {
    await until(
      `it prints "${text}"`,
      () => this.output.includes(text) || this.exitCode !== undefined,
      withinMs,
    );
    if (!this.output.includes(text)) throw new Error(`It ended with ${this.exitCode} first:\n${this.output}`);
  }

  /** Waits for its end and returns the exit code. */
  async ends(withinMs: number): Promise<number> {
    await until('it ends', () => this.exitCode !== undefined, withinMs);
    return this.exitCode ?? -1;
  }

  /** Ends it, if it still runs, as an orchestrator does. */
  async stops(withinMs: number): Promise<void> {
    if (this.exitCode === undefined) {
      this.signal('SIGTERM');
      await this.ends(withinMs).catch(() => undefined);
    }
    this.killGroup();
  }

  /** To the program alone. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** To the program and all that it started in its group, if there is still anyone. */
  killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // no process left
    }
  }
}

interface RunFile {
  readonly pid: number;
  readonly children: readonly { readonly name: string; readonly pid: number }[];
}

/** The id of every process of the stack on that directory, by its name. */
export function processesOf(local: string): Map<string, number> {
  const run = JSON.parse(readFileSync(join(local, 'run.json'), 'utf8')) as RunFile;
  const postmaster = readFileSync(join(local, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return new Map([
    ['script', run.pid],
    ['postgres', Number(postmaster.split('\n')[0])],
    ...run.children.map(({ name, pid }) => [name, pid] as const),
  ]);
}
