import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migrateDatabase } from '@consent-hub/testing';
import { HUB_SCHEMA } from '../../../migrations/consent-hub/index.js';
import { BANK_SCHEMA } from '../../../migrations/sandbox-bank/index.js';
import { directoryOfProgram, KeptProgram } from './kept-program.js';

/** Debian's libfaketime. */
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
export const HAS_FAKETIME = existsSync(FAKETIME);

type Action = 'start' | 'stop' | 'copy' | 'failOver' | 'standBy' | 'promote';

interface PostgresOptions {
  /** Gives the server a clock that can be set; needs libfaketime. */
  readonly hasOwnClock?: boolean;
}

/** Makes the schemas of both apps. */
export async function migrate(url: string): Promise<void> {
  for (const schema of [HUB_SCHEMA, BANK_SCHEMA]) await migrateDatabase(url, schema);
}

/** A migrated database on a server of its own, as durable as in production, that can be brought down. */
export class ChaosPostgres {
  private constructor(
    readonly url: string,
    private readonly program: KeptProgram<Action>,
    private readonly clockFile: string | null,
  ) {}

  static async start({ hasOwnClock = false }: PostgresOptions = {}): Promise<ChaosPostgres> {
    const directory = directoryOfProgram();
    const clockFile = hasOwnClock ? `${directory}.clock` : null;
    if (clockFile) writeFileSync(clockFile, '+0');
    const program = new KeptProgram<Action>(
      'postgres.program.mjs',
      clockFile ? [directory, clockFile, FAKETIME] : [directory],
    );
    const url = await program.ask('start');
    await migrate(url);
    return new ChaosPostgres(url, program, clockFile);
  }

  /** Brings the server down as a crash does, and up again after that time. */
  async crash(downMs: number): Promise<void> {
    await this.program.ask('stop');
    await delay(downMs);
    await this.program.ask('start');
  }

  /** Keeps a copy of all that is committed by now. */
  async copy(): Promise<void> {
    await this.program.ask('copy');
  }

  /** Goes on from the copy: what was committed since is forgotten. */
  async failOver(): Promise<void> {
    await this.program.ask('failOver');
  }

  /** Starts a hot standby, and returns its URL. */
  standBy(mode: 'synchronous' | 'asynchronous'): Promise<string> {
    return this.program.ask('standBy', mode);
  }

  /** The server ends as in a crash, and the standby takes its place. */
  async promote(): Promise<void> {
    await this.program.ask('promote');
  }

  /** Sets the clock of the server so far from the right time. */
  setClock(aheadSeconds: number): void {
    if (!this.clockFile) throw new Error('This server has no clock of its own');
    // Read again at each reading of the clock: it must never be half written.
    writeFileSync(`${this.clockFile}.next`, `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}`);
    renameSync(`${this.clockFile}.next`, this.clockFile);
  }

  async close(): Promise<void> {
    await this.program.close();
    if (this.clockFile) rmSync(this.clockFile, { force: true });
  }
}
