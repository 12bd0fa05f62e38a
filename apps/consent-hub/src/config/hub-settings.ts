import type { BankClientSettings } from '@consent-hub/bank-client';
import {
  describeUnknownVariable,
  EnvironmentError,
  findUnknownVariables,
  readEnvironment,
  variablesOf,
  type UnknownVariable,
} from '@consent-hub/platform';
import { perBrand } from '@consent-hub/psd2-protocol';
import { TokenGrantSettings } from '@consent-hub/token-grant';
import { ApiClientSettings } from './api-client.settings.js';
import { BankSettings, BrandSettings } from './bank.settings.js';
import { ConsentSettings } from './consent.settings.js';
import { ConsoleSettings } from './console.settings.js';
import { DatabaseSettings } from './database.settings.js';
import { HttpSettings } from './http.settings.js';
import { JournalSettings } from './journal.settings.js';
import { MetricsSettings } from './metrics.settings.js';
import { RefreshSettings } from './refresh.settings.js';
import { TimelineSettings } from './timeline.settings.js';
import { TppBrandSettings } from './tpp-brand.settings.js';
import { VaultSettings } from './vault.settings.js';
import { WebhooksSettings } from './webhooks.settings.js';

/** The classes of the variables that the hub reads once, each with the prefix that its variables carry. */
export const SETTINGS_CLASSES = {
  http: [HttpSettings, ''],
  metrics: [MetricsSettings, ''],
  apiClients: [ApiClientSettings, ''],
  database: [DatabaseSettings, ''],
  vault: [VaultSettings, ''],
  journal: [JournalSettings, ''],
  bank: [BankSettings, ''],
  consents: [ConsentSettings, ''],
  refresh: [RefreshSettings, ''],
  timelines: [TimelineSettings, ''],
  tppBrand: [TppBrandSettings, ''],
  webhooks: [WebhooksSettings, ''],
  console: [ConsoleSettings, ''],
} as const;

/** The same for the variables that there are for each brand. */
export const BRAND_SETTINGS_CLASSES = perBrand(
  (brand) => [BrandSettings, `BANK_${brand.toUpperCase()}_`] as const,
);

type SettingsClasses = Readonly<Record<string, readonly [type: new () => object, prefix: string]>>;
type Read<Classes extends SettingsClasses> = {
  readonly [K in keyof Classes]: InstanceType<Classes[K][0]>;
};
type ReadSettings = Read<typeof SETTINGS_CLASSES>;

/** Names that begin so are meant for the hub. */
const PREFIXES = [
  'HUB_',
  'BANK_',
  'REFRESH_',
  'CONSENT_',
  'CONSOLE_OIDC_',
  'DATABASE_',
  'VAULT_KE',
  'VAULT_RESEAL',
  'TIMELINE_',
  'WEBHOOK_',
];
/** Read by `npm start` and by the command line, and left in the environment of a hub. */
const OF_THE_STACK = [
  'HUB_REPLICAS',
  'CONSENT_HUB_LOCAL_DIR',
  'CONSENT_HUB_URL',
  'CONSENT_HUB_API_KEY',
  'CONSENT_HUB_ANCHOR_KEY_FILE',
];

/** All settings of the hub from outside, checked. Files are named, not yet read; URLs end without a slash. */
export interface HubSettings extends Pick<
  ReadSettings,
  | 'http'
  | 'metrics'
  | 'apiClients'
  | 'database'
  | 'consents'
  | 'refresh'
  | 'timelines'
  | 'vault'
  | 'tppBrand'
  | 'webhooks'
  | 'console'
> {
  readonly bank: BankClientSettings;
  /** How this process takes part in the journal. */
  readonly grants: TokenGrantSettings;
  /** Misspelt, most likely. */
  readonly unknownVariables: readonly UnknownVariable[];
}

/**
 * Reads the settings of every concern.
 *
 * @throws EnvironmentError with the faults of all of them at once
 */
export function readHubSettings(env: NodeJS.ProcessEnv): HubSettings {
  const faults: string[] = [];
  const names = [...OF_THE_STACK];
  const read = <Classes extends SettingsClasses>(classes: Classes): Read<Classes> => {
    const entries = Object.entries(classes).map(([key, [type, prefix]]) => {
      names.push(...variablesOf(type).map((name) => prefix + name));
      try {
        return [key, readEnvironment<object>(type, withoutPrefix(env, prefix))];
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        faults.push(...error.faults.map((fault) => prefix + fault));
        return [key, undefined];
      }
    });
    return Object.fromEntries(entries) as Read<Classes>;
  };
  const settings = read(SETTINGS_CLASSES);
  const brands = read(BRAND_SETTINGS_CLASSES);
  const unknownVariables = findUnknownVariables(env, { names, prefixes: PREFIXES });
  if (faults.length > 0)
    throw new EnvironmentError([...faults, ...unknownVariables.map(describeUnknownVariable)]);
  const { http, metrics, apiClients, database, consents, refresh, timelines, vault, tppBrand } = settings;
  const { webhooks, console } = settings;
  return {
    ...{
      http,
      metrics,
      apiClients,
      database,
      consents,
      refresh,
      timelines,
      vault,
      tppBrand,
      webhooks,
      console,
    },
    bank: {
      banks: perBrand((brand) => brands[brand].connection),
      timeoutMs: settings.bank.BANK_TIMEOUT_MS,
      tokenTimeoutMs: settings.bank.BANK_TOKEN_TIMEOUT_MS,
      connectionsPerBank: refresh.connectionsPerBank,
    },
    grants: toGrantSettings(settings),
    unknownVariables,
  };
}

const withoutPrefix = (env: NodeJS.ProcessEnv, prefix: string): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const toGrantSettings = ({
  http,
  bank,
  journal,
  refresh,
}: Pick<ReadSettings, 'http' | 'bank' | 'journal' | 'refresh'>): TokenGrantSettings =>
  new TokenGrantSettings({
    owner: http.instance,
    tokenTimeoutMs: bank.BANK_TOKEN_TIMEOUT_MS,
    spoolDir: journal.HUB_SPOOL_DIR,
    spoolRetentionMinutes: journal.HUB_SPOOL_RETENTION_MINUTES,
    journalRetentionDays: journal.HUB_JOURNAL_RETENTION_DAYS,
    forcedIntervalSeconds: refresh.REFRESH_MIN_INTERVAL_SECONDS,
    refreshAheadSeconds: refresh.REFRESH_AHEAD_SECONDS,
    refreshIdleHours: refresh.REFRESH_IDLE_HOURS,
    refreshKeepaliveHours: refresh.REFRESH_KEEPALIVE_HOURS,
  });
