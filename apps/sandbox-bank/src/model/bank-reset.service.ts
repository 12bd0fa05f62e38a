import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { ClockRepository } from './clock/clock.repository.js';

/** Who calls and who banks here, the clock's one row, and the key of the logical IDs. */
const PERMANENT_TABLES = [
  'tpp',
  'psu',
  'account',
  'account_compartment',
  'account_psu',
  'clock',
  'logical_id_key',
];

const ATTEMPTS = 200;
const PAUSE_MS = 20;
/** SQLSTATE lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Empties the bank. */
@Injectable()
export class BankResetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: ClockRepository,
  ) {}

  /**
   * Forgets everything that TPPs, PSUs and developers have done: what it issued, paid and counted, the faults, and how far
   * the clock is ahead. TPPs and PSUs stay.
   */
  async empty(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.emptyAtOnce();
      } catch (error) {
        if (!isHeldUp(error) || attempt === ATTEMPTS) throw error;
        await wait(PAUSE_MS);
      }
    }
  }

  /**
   * Gives way where a call holds a table. Waiting for each other, one of the two would be ended by Postgres after a second
   * (`deadlock_timeout`), and it should not be the call: so one reset at a time waits, for so short that all its waits
   * together stay below that.
   */
  private async emptyAtOnce(): Promise<void> {
    await this.dataSource.transaction(async (transaction) => {
      await transaction.query(`SELECT pg_advisory_xact_lock(hashtext('reset of the bank'))`);
      await transaction.query(`SET LOCAL lock_timeout = '40ms'`);
      const [{ tables }] = await transaction.query<[{ tables: string }]>(
        `SELECT string_agg(format('bank.%I', tablename), ', ') AS tables
           FROM pg_tables WHERE schemaname = 'bank' AND NOT tablename = ANY ($1)`,
        [PERMANENT_TABLES],
      );
      await transaction.query(`TRUNCATE ${tables}`);
      await this.clock.reset(transaction);
    });
  }
}

function isHeldUp(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE;
}
