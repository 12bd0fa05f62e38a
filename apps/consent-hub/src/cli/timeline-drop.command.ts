import { setTimeout } from 'node:timers/promises';
import { TimelinePartitions } from '@consent-hub/consent';
import { readEnvironment } from '@consent-hub/platform';
import type { Command } from 'commander';
import { QueryFailedError } from 'typeorm';
import { TimelineSettings } from '../config/timeline.settings.js';
import { CommandFailure, newCommand, running, type Shell } from './command.js';
import { withDatabase } from './database.js';
import { readMonth } from './timeline-export.commands.js';

/** Timelines whose ends are stored in one statement, of two look-ups each. */
const BATCH = 5_000;
/** For how long it is tried again to have the lock, each time for a second. */
const LOCK_ATTEMPTS = 30;
const LOCK_PAUSE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';
const INSUFFICIENT_PRIVILEGE = '42501';

interface DropOptions {
  readonly month: string;
  /** Commander's reading of `--without-export`. */
  readonly withoutExport?: boolean;
}

export const dropTimelines = (shell: Shell): Command =>
  newCommand('drop', {
    summary: 'Drops the oldest month of timelines, once it is older than TIMELINE_RETENTION_MONTHS.',
    notes:
      'Stores first where each chain ends, in small batches, so that `timeline verify` continues from there; interrupted, it continues\n' +
      'when it is called again. Works on the database, as a user that may migrate: a hub takes no entry away. The first partition\n' +
      'holds all months from before timelines were divided, and goes with its last one. Refused for a month with entries that\n' +
      'were not exported, unless --without-export.',
    reads: 'DATABASE_URL, DATABASE_POOLER and TIMELINE_RETENTION_MONTHS',
  })
    .requiredOption('--month <YYYY-MM>', 'which month')
    .option('--without-export', 'though nothing is left of it then')
    .action(
      running(shell, async ({ month, withoutExport = false }: DropOptions) => {
        const { TIMELINE_RETENTION_MONTHS: retention } = readEnvironment(TimelineSettings, shell.env);
        if (retention === 0)
          throw new CommandFailure('TIMELINE_RETENTION_MONTHS is 0: all timelines are kept.');
        readMonth(month);
        return withDatabase(shell.env, async (dataSource) => {
          const partitions = new TimelinePartitions(dataSource);
          const name = await demandDroppable(partitions, month, retention);
          if (!withoutExport) await demandExported(partitions, month);
          const timelines = await storeAllBases(shell, partitions, name);
          await dropOnceUnlocked(partitions, name);
          const data = { month, partition: name, timelines };
          return {
            data,
            text: `Dropped ${month}: the chains of its timelines continue from their stored ends.\n`,
          };
        }).catch((error: unknown) => {
          throw codeOf(error) === INSUFFICIENT_PRIVILEGE
            ? new CommandFailure('Nothing was dropped: the user of DATABASE_URL does not own the schema.', {
                cause: error,
              })
            : error;
        });
      }),
    );

/** @returns the partition @throws CommandFailure */
async function demandDroppable(
  partitions: TimelinePartitions,
  month: string,
  retention: number,
): Promise<string> {
  const oldest = await partitions.oldest(retention);
  if (oldest?.lastMonth !== month)
    throw new CommandFailure(
      `Nothing was dropped: the oldest partition of timelines ends with ${oldest?.lastMonth ?? 'no month'}.`,
    );
  if (!oldest.isPastRetention)
    throw new CommandFailure(`Nothing was dropped: ${month} is not older than ${retention} months.`);
  return oldest.name;
}

async function demandExported(partitions: TimelinePartitions, month: string): Promise<void> {
  const missing = (await partitions.months(month)).filter(({ entries, exported }) => entries !== exported);
  if (missing.length > 0)
    throw new CommandFailure(
      `Nothing was dropped: not exported, or not as it is, was ${missing.map((one) => one.month).join(', ')}.`,
    );
}

/** @returns how many this call has stored */
async function storeAllBases(
  { progress }: Shell,
  partitions: TimelinePartitions,
  name: string,
): Promise<number> {
  let stored = 0;
  for (;;) {
    const batch = await partitions.storeBases(name, BATCH);
    if (batch === 0) return stored;
    stored += batch;
    progress(`${stored} ends of timelines stored`);
  }
}

/** Dropping a partition locks all of them for a moment, so it waits for that lock a second at a time. */
async function dropOnceUnlocked(partitions: TimelinePartitions, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await partitions.drop(name);
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === LOCK_ATTEMPTS)
        throw new CommandFailure('Nothing was dropped: the timelines are in use. Call it again.', {
          cause: error,
        });
    }
    await setTimeout(LOCK_PAUSE_MS);
  }
}

function codeOf(error: unknown): string | null {
  const driverError: unknown = error instanceof QueryFailedError ? error.driverError : null;
  return driverError instanceof Error && 'code' in driverError ? String(driverError.code) : null;
}
