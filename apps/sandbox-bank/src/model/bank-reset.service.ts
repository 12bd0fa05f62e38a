import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { ClockRepository } from './clock/clock.repository.js';

/** TPPs, PSUs and their accounts, the one row of the clock, and the key of the logical IDs. */
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
   * Deletes everything that TPPs, PSUs and developers have done: what the bank issued, paid and counted, the faults, and
   * the advance of the clock. TPPs and PSUs stay.
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
   * Gives up after a short wait where a call holds a table. If both waited for each other, Postgres would abort one of the
   * two after a second (`deadlock_timeout`), and it must not be the call. So one reset at a time waits, so briefly that all
   * its waits together stay below that second.
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
