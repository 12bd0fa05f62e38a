import { hostname } from 'node:os';
import type { BankClientSettings, BankSettings } from '@consent-hub/bank-client';
import type { BrowserBinding } from '@consent-hub/consent';
import {
  describeUnknownVariable,
  EnvironmentError,
  findUnknownVariables,
  readEnvironment,
  urlOf,
  variablesOf,
  type LogLevel,
  type Pooler,
  type UnknownVariable,
} from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing } from '@consent-hub/token-vault';
import { ApiEnvironment } from './api.environment.js';
import { BankEnvironment, BankTimeoutEnvironment } from './bank.environment.js';
import { ConsentEnvironment } from './consent.environment.js';
import { DatabaseEnvironment } from './database.environment.js';
import { HttpEnvironment } from './http.environment.js';
import { JournalEnvironment } from './journal.environment.js';
import { RefreshEnvironment } from './refresh.environment.js';
import { SpoolEnvironment } from './spool.environment.js';
import { VaultEnvironment } from './vault.environment.js';

/** Twice as many as refreshes at a time, and some at least, so that callers who wait find a free one. */
const connectionsPerBank = (concurrency: number): number => Math.max(64, 2 * concurrency);

/** Names that begin so are meant for the hub. */
const PREFIXES = ['HUB_', 'BANK_', 'REFRESH_', 'CONSENT_', 'DATABASE_'];
/** Read by `npm start`, which leaves them in the environment. */
const OF_THE_STACK = ['HUB_REPLICAS', 'CONSENT_HUB_LOCAL_DIR'];

/** Everything the hub is told from outside, checked. Files are named, not yet read; URLs end without a slash. */
export interface HubSettings {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly instance: string;
  readonly logLevel: LogLevel;
  /** Requests a second of an API client without a limit of its own; 0: any number. */
  readonly rateLimit: number;
  readonly databaseUrl: Secret;
  readonly databasePooler: Pooler;
  readonly keyRing: KeyRing;
  readonly bank: BankClientSettings;
  readonly spoolDir: string;
  readonly spoolRetentionMinutes: number;
  readonly journalRetentionDays: number;
  readonly consentValidityDays: number;
  readonly consentLinkSeconds: number;
  readonly bindBrowser: BrowserBinding;
  readonly refresh: RefreshSettings;
  /** Misspelt, most likely. */
  readonly unknownVariables: readonly UnknownVariable[];
}

/** Of the scheduled refreshes. */
export interface RefreshSettings {
  readonly sweepSeconds: number;
  readonly aheadSeconds: number;
  readonly concurrency: number;
  readonly idleHours: number;
  readonly keepaliveHours: number;
  readonly circuitBreaker: {
    readonly failures: number;
    readonly window: number;
    readonly canarySeconds: number;
  };
}

/**
 * Reads the settings of every concern.
 *
 * @throws EnvironmentError with the faults of all of them at once
 */
export function readHubSettings(env: NodeJS.ProcessEnv): HubSettings {
  const faults: string[] = [];
  const names = [...OF_THE_STACK];
  const read = <T extends object>(type: new () => T, prefix = ''): T => {
    names.push(...variablesOf(type).map((name) => prefix + name));
    try {
      return readEnvironment(type, withoutPrefix(env, prefix));
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      faults.push(...error.faults.map((fault) => prefix + fault));
      return new type();
    }
  };
  const http = read(HttpEnvironment);
  const api = read(ApiEnvironment);
  const database = read(DatabaseEnvironment);
  const { HUB_VAULT_KEYS } = read(VaultEnvironment);
  const spool = read(SpoolEnvironment);
  const journal = read(JournalEnvironment);
  const belfius = read(BankEnvironment, 'BANK_BELFIUS_');
  const banx = read(BankEnvironment, 'BANK_BANX_');
  const timeouts = read(BankTimeoutEnvironment);
  const consent = read(ConsentEnvironment);
  const refresh = read(RefreshEnvironment);
  const unknownVariables = findUnknownVariables(env, { names, prefixes: PREFIXES });
  if (faults.length > 0)
    throw new EnvironmentError([...faults, ...unknownVariables.map(describeUnknownVariable)]);
  return {
    ...toHttpSettings(http),
    rateLimit: api.HUB_RATE_LIMIT,
    databaseUrl: new Secret(database.DATABASE_URL),
    databasePooler: database.DATABASE_POOLER,
    keyRing: KeyRing.parse(HUB_VAULT_KEYS),
    bank: {
      banks: { belfius: toBankSettings(belfius), banx: toBankSettings(banx) },
      timeoutMs: timeouts.BANK_TIMEOUT_MS,
      tokenTimeoutMs: timeouts.BANK_TOKEN_TIMEOUT_MS,
      connectionsPerBank: connectionsPerBank(refresh.REFRESH_CONCURRENCY),
    },
    spoolDir: spool.HUB_SPOOL_DIR,
    spoolRetentionMinutes: spool.HUB_SPOOL_RETENTION_MINUTES,
    journalRetentionDays: journal.HUB_JOURNAL_RETENTION_DAYS,
    consentValidityDays: consent.BANK_CONSENT_VALIDITY_DAYS,
    consentLinkSeconds: consent.CONSENT_LINK_SECONDS,
    bindBrowser: consent.HUB_BIND_BROWSER,
    refresh: toRefreshSettings(refresh),
    unknownVariables,
  };
}

const withoutPrefix = (env: NodeJS.ProcessEnv, prefix: string): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, '');

function toHttpSettings(http: HttpEnvironment) {
  return {
    host: http.HUB_HOST,
    port: http.HUB_PORT,
    publicUrl: withoutTrailingSlash(http.HUB_PUBLIC_URL ?? urlOf('http', http.HUB_HOST, http.HUB_PORT)),
    instance: http.HUB_INSTANCE ?? `${hostname()}:${http.HUB_PORT}`,
    logLevel: http.HUB_LOG_LEVEL,
  };
}

const toRefreshSettings = (refresh: RefreshEnvironment): RefreshSettings => ({
  sweepSeconds: refresh.REFRESH_SWEEP_SECONDS,
  aheadSeconds: refresh.REFRESH_AHEAD_SECONDS,
  concurrency: refresh.REFRESH_CONCURRENCY,
  idleHours: refresh.REFRESH_IDLE_HOURS,
  keepaliveHours: refresh.REFRESH_KEEPALIVE_HOURS,
  circuitBreaker: {
    failures: refresh.REFRESH_GUARD_FAILURES,
    window: refresh.REFRESH_GUARD_WINDOW,
    canarySeconds: refresh.REFRESH_GUARD_CANARY_SECONDS,
  },
});

const toBankSettings = (bank: BankEnvironment): BankSettings => ({
  apiUrl: withoutTrailingSlash(bank.API_URL),
  clientId: bank.CLIENT_ID,
  clientSecret: new Secret(bank.CLIENT_SECRET),
  tls: { certFile: bank.TLS_CERT_FILE, keyFile: bank.TLS_KEY_FILE, caFile: bank.TLS_CA_FILE },
});
