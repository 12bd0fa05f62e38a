import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, until } from '../../stack/local-stack.js';

const READY_MS = 60_000;
const STOP_MS = 30_000;
const LAST_LINES = 15;
const LEAVE_WITH_PARENT = pathToFileURL(join(ROOT, 'scripts', 'lib', 'leave-with-parent.mjs')).href;

export interface AppOptions {
  readonly name: string;
  /** `consent-hub` or `sandbox-bank`, as built. */
  readonly app: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly readyUrl: string;
  /** Where it was built, if elsewhere than here. */
  readonly builtIn?: string | undefined;
  /** Modules loaded before the app. */
  readonly preload?: readonly string[];
}

/** One app as a real process, which ends with us, however we end. */
export class ChaosProcess {
  /** From its next start on. */
  builtIn: string;
  private child: ChildProcess | null = null;

  constructor(private readonly options: AppOptions) {
    this.builtIn = options.builtIn ?? ROOT;
  }

  get isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when it serves; other messages may come before that. */
  async start(): Promise<void> {
    const { app, env, logFile, preload = [] } = this.options;
    const log = openSync(logFile, 'a', 0o600);
    const imports = [LEAVE_WITH_PARENT, ...preload].flatMap((module) => ['--import', module]);
    const main = join(this.builtIn, 'dist', 'apps', app, 'src', 'main.js');
    this.child = spawn(process.execPath, [...imports, main], {
      cwd: this.builtIn,
      env: { PATH: process.env['PATH'], ...env },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    await once(this.child, 'spawn');
    await this.answers();
  }

  /** Ends it at once, with no chance to do anything more, and returns when that happened. */
  async kill(): Promise<number> {
    const { child } = this;
    if (!child || !this.isRunning) return performance.now();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    const at = performance.now();
    await ended;
    return at;
  }

  /** Lets it run no further, or on again; returns when that was asked for. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): number {
    this.child?.kill(signal);
    return performance.now();
  }

  /** Asks it to end, as an operator does. It is killed when it has not by then. */
  async stop(withinMs = STOP_MS): Promise<void> {
    const { child } = this;
    if (!child || !this.isRunning) return;
    const ended = once(child, 'exit');
    const deadline = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(deadline);
  }

  private async answers(): Promise<void> {
    const { name, readyUrl } = this.options;
    const isReady = () =>
      fetch(readyUrl).then(
        (response) => response.ok,
        () => false,
      );
    await until(`${name} serves`, async () => !this.isRunning || isReady(), READY_MS);
    if (!this.isRunning) throw new Error(`${name} ended before it served:\n${this.lastLines()}`);
  }

  private lastLines(): string {
    return readFileSync(this.options.logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
}
