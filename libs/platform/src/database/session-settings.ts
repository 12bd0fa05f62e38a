export type SessionSettings = Readonly<Record<string, string>>;

/**
 * What every session depends on, independent of what is set for the server, the database and the role: how values are written and read,
 * how transactions behave, what unqualified names mean. pg itself asks for UTF-8.
 */
const MEANING: SessionSettings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  search_path: 'public',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
};
/**
 * Everything is looked up by an index. The planner, asked while a table is small, would rather read the whole of it, and a
 * connection keeps that plan for a named statement until the table is analysed, even if it grows large before that.
 * Without this a plan may be estimated costly enough to be compiled, which takes longer than any of them runs.
 */
const INDEX_PLANS: SessionSettings = { enable_seqscan: 'off', jit: 'off' };
/** Planning a lookup costs several times its execution; Postgres, to whom the number of keys is new, would plan each anew. */
const PLAN_ONCE: SessionSettings = { plan_cache_mode: 'force_generic_plan' };

/** For how long a session may be kept waiting, milliseconds; 0: as long as it takes. */
export interface SessionLimits {
  /** What Postgres allows one statement. */
  readonly statementMs: number;
  /** After that a server that says nothing is taken for gone; Postgres' own limit comes first. */
  readonly silenceMs: number;
  /** What a statement may wait for a lock. */
  readonly lockMs: number;
  /** What a transaction may do nothing. */
  readonly idleInTransactionMs: number;
}

/** A transaction of the hub takes milliseconds. One that stands still keeps its rows from every other replica. */
export const HUB_LIMITS: SessionLimits = {
  statementMs: 5_000,
  silenceMs: 7_000,
  lockMs: 2_000,
  idleInTransactionMs: 10_000,
};
/** A lookup takes a millisecond. What takes so much longer only delays the lookups that wait for it. */
export const LOOKUP_LIMITS: SessionLimits = { ...HUB_LIMITS, statementMs: 2_000, silenceMs: 3_000 };
/** The command of an operator may read whole tables. */
export const OPERATOR_LIMITS: SessionLimits = { ...HUB_LIMITS, statementMs: 600_000, silenceMs: 615_000 };
/**
 * A migration may take its time, but not wait for a lock: every statement of the hubs would wait behind an ALTER TABLE that
 * waits. It gives up before the hubs' own statements do, and is repeated.
 */
export const MIGRATION_LIMITS: SessionLimits = {
  statementMs: 0,
  silenceMs: 0,
  lockMs: 2_000,
  idleInTransactionMs: 0,
};

/** Settings of a session with these limits that finds everything by an index. */
export const indexedSession = (limits: SessionLimits): SessionSettings => ({
  ...MEANING,
  ...INDEX_PLANS,
  ...limitSettings(limits),
});

/** Settings of a session that repeats the same few lookups. */
export const lookupSession = (): SessionSettings => ({ ...indexedSession(LOOKUP_LIMITS), ...PLAN_ONCE });

export const migrationSession = (): SessionSettings => ({ ...MEANING, ...limitSettings(MIGRATION_LIMITS) });

const limitSettings = ({ statementMs, lockMs, idleInTransactionMs }: SessionLimits): SessionSettings => ({
  statement_timeout: asShown(statementMs),
  lock_timeout: asShown(lockMs),
  idle_in_transaction_session_timeout: asShown(idleInTransactionMs),
});

/** As Postgres prints it. */
function asShown(ms: number): string {
  if (ms === 0) return '0';
  return ms % 60_000 === 0 ? `${ms / 60_000}min` : `${ms / 1_000}s`;
}

/** As `options` of a connection: these outrank what is set for the server, the database and the role. */
export const toStartupOptions = (settings: SessionSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
    .join(' ');

/** Thrown where a pooler leads to sessions that are not set up as the program needs them. */
export class SessionSettingsError extends Error {
  constructor(missing: SessionSettings) {
    const statements = Object.entries(missing).map(
      ([name, value]) =>
        `ALTER ROLE CURRENT_USER SET ${name} TO ${name === 'DateStyle' ? value : `'${value}'`};`,
    );
    super(
      `With DATABASE_POOLER=transaction the role must bring its settings itself. Run as this role:\n${statements.join('\n')}`,
    );
    this.name = 'SessionSettingsError';
  }
}

/**
 * @param ask runs a statement in the session, and yields its only row
 * @throws SessionSettingsError naming the statements that help
 */
export async function assertSessionSettings(
  needed: SessionSettings,
  ask: (text: string) => Promise<SessionSettings>,
): Promise<void> {
  const names = Object.keys(needed);
  const found = await ask(`SELECT ${names.map((name) => `current_setting('${name}') AS "${name}"`).join()}`);
  const missing = Object.entries(needed).filter(([name, value]) => found[name] !== value);
  if (missing.length > 0) throw new SessionSettingsError(Object.fromEntries(missing));
}
