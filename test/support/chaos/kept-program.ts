import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../stack/local-stack.js';

/** As root a server runs as another user, who must be able to read there. */
const PARENT = process.getuid?.() === 0 && existsSync('/var/tmp') ? '/var/tmp' : tmpdir();

/** A directory for such a program, which removes it when it ends. */
export const directoryOfProgram = (): string =>
  join(PARENT, `consent-hub-chaos-${process.pid}-${randomBytes(4).toString('hex')}`);

interface Answer {
  readonly id: number;
  readonly result?: string;
  readonly failure?: string;
}

/** A program of this folder that does what it is asked, one thing after the other, and ends with us, however we end. */
export class KeptProgram<Action extends string> {
  private asked = 0;
  private readonly program: ChildProcess;
  /** One listener for all questions. */
  private readonly gone: Promise<never>;

  constructor(name: string, arguments_: readonly string[]) {
    this.program = fork(join(ROOT, 'test', 'support', 'chaos', name), arguments_, {
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.gone = once(this.program, 'exit').then(() => {
      throw new Error(`${name} has ended`);
    });
    this.gone.catch(() => undefined);
  }

  async ask(action: Action, argument?: unknown): Promise<string> {
    const id = ++this.asked;
    const answered = new Promise<Answer>((resolve) => {
      const read = (answer: Answer) => {
        if (answer.id !== id) return;
        this.program.off('message', read);
        resolve(answer);
      };
      this.program.on('message', read);
    });
    this.program.send({ id, action, argument });
    const { result = '', failure } = await Promise.race([answered, this.gone]);
    if (failure) throw new Error(failure);
    return result;
  }

  async close(): Promise<void> {
    const ended = once(this.program, 'exit');
    this.program.disconnect();
    await ended;
  }
}
