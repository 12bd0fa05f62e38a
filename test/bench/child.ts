import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A message to a program of the benchmark. */
export type Order = Readonly<Record<string, unknown>>;

/** One program of the benchmark, in a process of its own, so that its CPU time is its own too. */
export class Child {
  /** One listener for all questions. */
  private readonly gone: Promise<never>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = once(child, 'exit').then(() => {
      throw new Error('A program of the benchmark ended too early');
    });
    this.gone.catch(() => undefined);
  }

  /**
   * @param order its first message, answered once it is ready
   * @param flags of its Node
   * @param env of its process, in addition to that of this one
   * @param output the destination of its standard output: a line for each request is written, but not read
   */
  static async start(
    module: string,
    order: Order,
    {
      flags = [],
      output = 'inherit',
      env = {},
    }: {
      flags?: readonly string[];
      output?: 'inherit' | 'ignore';
      env?: NodeJS.ProcessEnv;
    } = {},
  ): Promise<Child> {
    const child = fork(new URL(module, import.meta.url), [], {
      env: { ...process.env, ...env },
      execArgv: [...flags, '--import', '@swc-node/register/esm-register'],
      stdio: ['ignore', output, 'inherit', 'ipc'],
    });
    const started = new Child(child);
    await started.ask(order);
    return started;
  }

  /** Sends a message and gives the answer to it. */
  async ask<T>(message: Order): Promise<T> {
    const answer = once(this.child, 'message').then(([value]) => value as T);
    this.child.send(message);
    return Promise.race([answer, this.gone]);
  }

  /** CPU time of the process so far, user and system, microseconds. */
  cpuMicroseconds(): number {
    return cpuOf(this.child.pid ?? 0);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

const TICKS_PER_SECOND = 100;

/** Linux only: fields 14 and 15 of /proc/<pid>/stat, those of ended children (16, 17) included. */
export function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return (ticks / TICKS_PER_SECOND) * 1e6;
}

/** The child's side: answers one message after the other, and leaves with its parent. */
export function answering(handle: (message: Record<string, unknown>) => Promise<unknown>): void {
  process.on('message', (message: Record<string, unknown>) => {
    handle(message).then(
      (answer) => process.send?.(answer ?? {}),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}
