import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ROOT } from '../../stack/local-stack.js';

const PROGRAM = join(ROOT, 'test', 'support', 'chaos', 'postgres.program.mjs');
/** As root the server runs as somebody else, who has to get there. */
const PARENT = process.getuid?.() === 0 && existsSync('/var/tmp') ? '/var/tmp' : tmpdir();

type Action = 'start' | 'stop' | 'copy' | 'failOver';

interface Answer {
  readonly id: number;
  readonly result?: string;
  readonly failure?: string;
}

/** A migrated database on a server of its own, as durable as in production, that can be brought down. */
export class ChaosPostgres {
  url = '';
  private asked = 0;

  /** One listener for all questions. */
  private readonly gone: Promise<never>;

  private constructor(private readonly program: ChildProcess) {
    this.gone = once(program, 'exit').then(() => {
      throw new Error('The keeper of the database has ended');
    });
    this.gone.catch(() => undefined);
  }

  static async start(): Promise<ChaosPostgres> {
    const directory = join(PARENT, `consent-hub-chaos-${process.pid}-${randomBytes(4).toString('hex')}`);
    const program = fork(PROGRAM, [directory], {
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const postgres = new ChaosPostgres(program);
    postgres.url = (await postgres.ask('start')) ?? '';
    const migrator = await new DataSource({
      type: 'postgres',
      url: postgres.url,
      migrations: MIGRATIONS,
      migrationsTableName: 'schema_migration',
      migrationsTransactionMode: 'each',
    }).initialize();
    await migrator.runMigrations();
    await migrator.destroy();
    return postgres;
  }

  /** Brings the server down as a crash does, and up again after that time. */
  async crash(downMs: number): Promise<void> {
    await this.ask('stop');
    await new Promise((up) => setTimeout(up, downMs));
    await this.ask('start');
  }

  /** Keeps a copy of all that is committed by now. */
  async copy(): Promise<void> {
    await this.ask('copy');
  }

  /** Goes on from the copy: what was committed since is forgotten. */
  async failOver(): Promise<void> {
    await this.ask('failOver');
  }

  async close(): Promise<void> {
    const ended = once(this.program, 'exit');
    this.program.disconnect();
    await ended;
  }

  private async ask(action: Action): Promise<string | undefined> {
    const id = ++this.asked;
    const answered = new Promise<Answer>((resolve) => {
      const hear = (answer: Answer) => {
        if (answer.id !== id) return;
        this.program.off('message', hear);
        resolve(answer);
      };
      this.program.on('message', hear);
    });
    this.program.send({ id, action });
    const { result, failure } = await Promise.race([answered, this.gone]);
    if (failure) throw new Error(failure);
    return result;
  }
}
