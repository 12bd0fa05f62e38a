import { setTimeout as delay } from 'node:timers/promises';
import {
  DataSource,
  MigrationExecutor,
  QueryFailedError,
  type EntityManager,
  type QueryRunner,
} from 'typeorm';
import { migrationOptions } from './database-options.js';
import { assertNotForeign, type AppSchema } from './schema-check.js';

/** Key of the lock in a database that a process holds while it migrates; any number that nothing else uses. */
const LOCK = 1_795_374_000_000;
/** For how long a migration is repeated that cannot have the locks it needs, milliseconds. */
const LOCK_RETRY_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** lock_not_available, deadlock_detected: the statements of running apps are in the way. */
const LOCKED_OUT = ['55P03', '40P01'];

type RunOptions = NonNullable<Parameters<DataSource['runMigrations']>[0]>;

/**
 * What the TypeORM CLI works on: migrations are SQL of their own and need no entity. One process migrates at a time, for all
 * schemas; the others wait, and find nothing left to do. Each migration is a transaction, so that one which fails leaves those
 * before it in place: the command can be repeated. One that waits too long for a lock is repeated here, after a pause in which
 * the apps continue.
 *
 * The new objects belong to the owner of the schema, also when another user migrates.
 */
export class MigratedDatabase extends DataSource {
  /** @param lockRetryMs for how long a migration that cannot have its locks is repeated, milliseconds */
  constructor(
    url: string | undefined,
    private readonly appSchema: AppSchema,
    private readonly lockRetryMs = LOCK_RETRY_MS,
  ) {
    if (!url) {
      throw new Error(
        'DATABASE_URL is not set: say which database to migrate, e.g. postgres://user:password@host:5432/name',
      );
    }
    super({
      ...migrationOptions(url),
      migrations: appSchema.migrations,
      migrationsTableName: appSchema.migrationTable,
      migrationsTransactionMode: 'each',
    });
  }

  /**
   * @returns those that ran, also before others were locked out
   * @throws ForeignSchemaError where the schema was made by others than its migrations; nothing was changed then
   * @throws QueryFailedError with 55P03 when the locks could not be had for `lockRetryMs`
   */
  override runMigrations({ transaction = 'each', fake = false }: RunOptions = {}) {
    return this.alone(async (executor) => {
      Object.assign(executor, { transaction, fake });
      const executed = await this.untilUnlocked(() => executor.getExecutedMigrations());
      const before = new Set(executed.map(({ name }) => name));
      await this.untilUnlocked(() => executor.executePendingMigrations());
      return (await executor.getExecutedMigrations()).filter(({ name }) => !before.has(name));
    });
  }

  override undoLastMigration({ transaction = 'all', fake = false }: RunOptions = {}) {
    return this.alone(async (executor) => {
      Object.assign(executor, { transaction, fake });
      await this.untilUnlocked(() => executor.undoLastMigration());
    });
  }

  private alone<T>(work: (executor: MigrationExecutor) => Promise<T>): Promise<T> {
    return this.transaction(async (tx) => {
      await becomeSole(tx);
      await assertNotForeign(tx, this.appSchema);
      // A statement with parameters keeps its snapshot until the next one without: an index that is built concurrently waits for it.
      await tx.query('SELECT 1');
      const session = this.createQueryRunner();
      try {
        await becomeOwner(session, this.appSchema.name);
        return await work(new MigrationExecutor(this, session));
      } finally {
        await session.query('RESET ROLE').finally(() => session.release());
      }
    });
  }

  private async untilUnlocked<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.lockRetryMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!isLockedOut(error) || performance.now() + pauseMs > giveUpAt) throw error;
      }
      await delay(pauseMs);
    }
  }
}

/**
 * Waits until no other process migrates. By asking again and again: a statement that waited would hold its snapshot, which an index
 * that the other one builds concurrently waits for.
 */
async function becomeSole(tx: EntityManager): Promise<void> {
  for (;;) {
    // Without parameters: with some it would keep its snapshot until the next statement.
    const [row] = await tx.query<{ isSole: boolean }[]>(
      `SELECT pg_try_advisory_xact_lock(${LOCK}) AS "isSole"`,
    );
    if (row?.isSole) return;
    await delay(FIRST_PAUSE_MS);
  }
}

/** Works for the rest of the session as the owner of the schema, if there is one and it is another user. */
async function becomeOwner(session: QueryRunner, schema: string): Promise<void> {
  const rows = (await session.query(
    `SELECT quote_ident(pg_get_userbyid(nspowner)) AS owner
       FROM pg_namespace WHERE nspname = $1 AND pg_get_userbyid(nspowner) <> current_user`,
    [schema],
  )) as { owner: string }[];
  for (const { owner } of rows) await session.query(`SET ROLE ${owner}`);
}

const isLockedOut = (error: unknown): boolean => {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof Error && 'code' in cause && LOCKED_OUT.includes(String(cause.code));
};
