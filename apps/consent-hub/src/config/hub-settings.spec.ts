import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { EnvironmentError } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { readHubSettings } from './hub-settings.js';

const VAULT_KEY = Buffer.alloc(32, 'vault').toString('base64');
const SECRETS = {
  DATABASE_URL: 'postgres://hub:db-pass-word@db.internal:5432/hub',
  HUB_VAULT_KEYS: `k1:${VAULT_KEY}`,
  BANK_BELFIUS_CLIENT_SECRET: 'belfius-client-secret',
  BANK_BANX_CLIENT_SECRET: 'banx-client-secret',
};
const bank = (brand: string) => ({
  [`BANK_${brand}_API_URL`]: `https://${brand.toLowerCase()}.test:8443/api/`,
  [`BANK_${brand}_CLIENT_ID`]: `${brand}-id`,
  [`BANK_${brand}_CLIENT_SECRET`]: `${brand.toLowerCase()}-client-secret`,
  [`BANK_${brand}_TLS_CERT_FILE`]: '/tls/cert.pem',
  [`BANK_${brand}_TLS_KEY_FILE`]: '/tls/key.pem',
  [`BANK_${brand}_TLS_CA_FILE`]: '/tls/ca.pem',
});
const USABLE: NodeJS.ProcessEnv = {
  HUB_SPOOL_DIR: '/spool',
  ...SECRETS,
  ...Object.fromEntries(BRANDS.flatMap((brand) => Object.entries(bank(brand.toUpperCase())))),
};

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readHubSettings(env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
};

describe('the settings of the hub', () => {
  it('need only what has no default', () => {
    expect(readHubSettings(USABLE)).toMatchObject({
      http: {
        HUB_HOST: '127.0.0.1',
        HUB_PORT: 3000,
        publicUrl: 'http://127.0.0.1:3000',
        instance: expect.stringMatching(/.:3000$/),
        HUB_LOG_LEVEL: 'info',
      },
      apiClients: { HUB_RATE_LIMIT: 10_000 },
      bank: { timeoutMs: 15_000, tokenTimeoutMs: 120_000 },
      consents: {
        BANK_CONSENT_VALIDITY_DAYS: 180,
        CONSENT_LINK_SECONDS: 900,
        HUB_BIND_BROWSER: 'preferred',
      },
      refresh: {
        REFRESH_SWEEP_SECONDS: 5,
        REFRESH_CONCURRENCY: 32,
        REFRESH_GUARD_FAILURES: 5,
        REFRESH_GUARD_WINDOW: 20,
        REFRESH_GUARD_CANARY_SECONDS: 60,
      },
      grants: {
        leaseSeconds: 150,
        spoolRetentionMinutes: 30,
        journalRetentionDays: 400,
        schedule: { aheadSeconds: 600, idleHours: 24, keepaliveHours: 24 },
      },
    });
  });

  it('give the bank a connection for every scheduled refresh, and as many for callers', () => {
    const connections = (REFRESH_CONCURRENCY: string) =>
      readHubSettings({ ...USABLE, REFRESH_CONCURRENCY }).bank.connectionsPerBank;
    expect([connections('8'), connections('32'), connections('512')]).toEqual([64, 64, 1024]);
  });

  it('hold each brand apart, its URL without the trailing slash', () => {
    const { belfius, banx } = readHubSettings(USABLE).bank.banks;
    expect(belfius).toMatchObject({ apiUrl: 'https://belfius.test:8443/api', clientId: 'BELFIUS-id' });
    expect(banx).toMatchObject({ apiUrl: 'https://banx.test:8443/api', tls: { caFile: '/tls/ca.pem' } });
    expect(banx.clientSecret.reveal()).toBe('banx-client-secret');
  });

  it.each([
    ['a path and a trailing slash', 'https://tpp.test/hub/', 'https://tpp.test/hub'],
    ['a port', 'http://localhost:3000', 'http://localhost:3000'],
  ])('take a public URL with %s', (_what, given, taken) => {
    expect(readHubSettings({ ...USABLE, HUB_PUBLIC_URL: given }).http.publicUrl).toBe(taken);
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:3100'],
    ['::1', 'http://[::1]:3100'],
    ['hub.internal', 'http://hub.internal:3100'],
  ])('derive the public URL from the host %s and the port', (HUB_HOST, url) => {
    expect(readHubSettings({ ...USABLE, HUB_HOST, HUB_PORT: '3100' }).http.publicUrl).toBe(url);
  });

  it('name every fault of every concern at once', () => {
    const faults = faultsOf({ HUB_PORT: 'many', BANK_TIMEOUT_MS: '0', CONSENT_LINK_SECONDS: '1.5' });
    const named = faults.map((fault) => fault.split(' ')[0]);
    expect([...named].sort()).toEqual(
      [...Object.keys(USABLE), ...['HUB_PORT', 'BANK_TIMEOUT_MS', 'CONSENT_LINK_SECONDS']].sort(),
    );
  });

  it('ask for what the chosen provider of the key-encryption key needs, and then for no HUB_VAULT_KEYS', () => {
    const others = { ...USABLE, HUB_VAULT_KEYS: '' };
    const needed = (kek: string) =>
      faultsOf({ ...others, VAULT_KEK: kek }).map((fault) => fault.split(' ')[0]);

    expect(needed('local')).toEqual(['HUB_VAULT_KEYS']);
    expect(needed('vault-transit')).toEqual([
      'VAULT_KEK_TRANSIT_KEY',
      'VAULT_KEK_TRANSIT_TOKEN_FILE',
      'VAULT_KEK_TRANSIT_URL',
    ]);
    expect(needed('pkcs11')).toEqual([
      'VAULT_KEK_PKCS11_KEY_LABEL',
      'VAULT_KEK_PKCS11_MODULE',
      'VAULT_KEK_PKCS11_PIN_FILE',
      'VAULT_KEK_PKCS11_TOKEN_LABEL',
    ]);
    expect(needed('aws-kms')).toEqual(['VAULT_KEK_AWS_KEY_ID', 'VAULT_KEK_AWS_REGION']);
    const kms = {
      VAULT_KEK: 'aws-kms',
      VAULT_KEK_AWS_KEY_ID: 'alias/hub',
      VAULT_KEK_AWS_REGION: 'eu-central-1',
    };
    expect(faultsOf({ ...others, ...kms, VAULT_KEK_FORMER: 'vault-transit' })).toEqual([
      'VAULT_KEK_TRANSIT_KEY must be set with VAULT_KEK_FORMER=vault-transit',
      'VAULT_KEK_TRANSIT_TOKEN_FILE must be set with VAULT_KEK_FORMER=vault-transit',
      'VAULT_KEK_TRANSIT_URL must be set with VAULT_KEK_FORMER=vault-transit',
    ]);
    for (const former of ['aws-kms', 'local', 'hsm'])
      expect(faultsOf({ ...others, ...kms, VAULT_KEK_FORMER: former })).toEqual([
        'VAULT_KEK_FORMER must be one of vault-transit, pkcs11, aws-kms, and another one than VAULT_KEK',
      ]);
  });

  it('take every secret from a file that is named instead, and nothing else', () => {
    const directory = mkdtempSync(join(tmpdir(), 'consent-hub-secrets-'));
    const inFile = (name: string, text: string): NodeJS.ProcessEnv => {
      const file = join(directory, name);
      writeFileSync(file, text);
      return { [`${name}_FILE`]: file };
    };
    try {
      const plain = Object.entries(USABLE).filter(([name]) => !(name in SECRETS));
      const secrets = { ...SECRETS, HUB_METRICS_TOKEN: 'metrics-token-of-16' };
      const files = Object.entries(secrets).map(([name, text]) => inFile(name, `${text}\n`));
      const settings = readHubSettings(
        Object.assign(Object.fromEntries(plain), ...files) as NodeJS.ProcessEnv,
      );
      expect(settings.unknownVariables).toEqual([]);
      expect(settings.database.DATABASE_URL.reveal()).toBe(SECRETS.DATABASE_URL);
      expect(settings.bank.banks.banx.clientSecret.reveal()).toBe(SECRETS.BANK_BANX_CLIENT_SECRET);
      expect(settings.metrics.HUB_METRICS_TOKEN?.reveal()).toBe('metrics-token-of-16');
      expect(settings.vault.readRing().listedIds).toEqual(['k1']);

      const lines = inFile('HUB_VAULT_KEYS', `k2:${VAULT_KEY}\n\nk1:${VAULT_KEY}\r\n`);
      const { HUB_VAULT_KEYS: keys, ...others } = USABLE;
      expect(readHubSettings({ ...others, ...lines }).vault.readRing().listedIds).toEqual(['k2', 'k1']);
      expect(faultsOf({ ...others, ...lines, HUB_VAULT_KEYS: keys })).toEqual([
        'HUB_VAULT_KEYS must not be set together with its _FILE',
      ]);
      expect(faultsOf({ ...others, HUB_VAULT_KEYS_FILE: '/nowhere/keys' })).toEqual([
        'HUB_VAULT_KEYS_FILE cannot be read: /nowhere/keys',
      ]);
      const withoutSecret = { ...USABLE, BANK_BANX_CLIENT_SECRET: '' };
      const empty = inFile('BANK_BANX_CLIENT_SECRET', ' \n');
      expect(faultsOf({ ...withoutSecret, ...empty })).toEqual([
        `BANK_BANX_CLIENT_SECRET_FILE is empty: ${empty['BANK_BANX_CLIENT_SECRET_FILE']}`,
      ]);
      expect(readHubSettings({ ...USABLE, BANK_BANX_CLIENT_ID_FILE: '/x' }).unknownVariables).toMatchObject([
        { name: 'BANK_BANX_CLIENT_ID_FILE' },
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each([
    ['HUB_HOST', 'http://hub'],
    ['HUB_PORT', '65536'],
    ['HUB_PUBLIC_URL', 'ftp://hub.test'],
    ['HUB_PUBLIC_URL', 'https://user@hub.test'],
    ['HUB_PUBLIC_URL', 'https://hub.test/?a=b'],
    ['HUB_INSTANCE', 'with space'],
    ['HUB_SPOOL_DIR', ''],
    ['HUB_JOURNAL_RETENTION_DAYS', '29'],
    ['HUB_LOG_LEVEL', 'loud'],
    ['HUB_RATE_LIMIT', 'none'],
    ['DATABASE_URL', 'mysql://db'],
    ['DATABASE_URL', 'postgres://hub@a,b/hub?target_session_attrs=any'],
    ['DATABASE_POOLER', 'session'],
    ['HUB_VAULT_KEYS', 'onlyakey'],
    ['HUB_VAULT_KEYS', 'k1:tooshort'],
    ['VAULT_KEK', 'hsm'],
    ['VAULT_KEY_MOST_SEALS', '4294967296'],
    ['VAULT_KEK_TRANSIT_URL', 'http://vault.test'],
    ['VAULT_KEK_AWS_ENDPOINT', 'kms'],
    ['VAULT_KEK_TRANSIT_ROLE_ID_FILE', '/role-id'],
    ['TIMELINE_RETENTION_MONTHS', '-1'],
    ['VAULT_RESEAL_PER_SECOND', '0'],
    ['BANK_BELFIUS_API_URL', 'http://bank.test'],
    ['BANK_BANX_API_URL', 'https://bank.test/#x'],
    ['BANK_BANX_CLIENT_ID', ''],
    ['BANK_TOKEN_TIMEOUT_MS', '600001'],
    ['BANK_CONSENT_VALIDITY_DAYS', '-1'],
    ['REFRESH_SWEEP_SECONDS', '0'],
    ['REFRESH_CONCURRENCY', '0'],
    ['REFRESH_IDLE_HOURS', '0.5'],
    ['REFRESH_GUARD_FAILURES', '0'],
    ['REFRESH_GUARD_WINDOW', '4'],
    ['REFRESH_GUARD_CANARY_SECONDS', 'soon'],
  ])('refuse %s=%s with one line that names it', (name, value) => {
    expect(faultsOf({ ...USABLE, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must`)),
    ]);
  });

  it('name a variable that the program does not read, and the one that may be meant', () => {
    const misspelt = {
      HUB_RATELIMIT: '5',
      BANK_BELFUIS_CLIENT_ID: 'x',
      BANK_CONSENT_VALIDITY_DAY: '5',
      REFRESH_CONCURENCY: '5',
      CONSENT_LINK_SECS: '5',
      DATABASE_POOL: 'none',
      HUB_COLOUR_OF_THE_SKY: 'blue',
    };
    expect(readHubSettings({ ...USABLE, ...misspelt }).unknownVariables).toEqual([
      { name: 'BANK_BELFUIS_CLIENT_ID', meant: 'BANK_BELFIUS_CLIENT_ID' },
      { name: 'BANK_CONSENT_VALIDITY_DAY', meant: 'BANK_CONSENT_VALIDITY_DAYS' },
      { name: 'CONSENT_LINK_SECS', meant: 'CONSENT_LINK_SECONDS' },
      { name: 'DATABASE_POOL', meant: 'DATABASE_POOLER' },
      { name: 'HUB_COLOUR_OF_THE_SKY' },
      { name: 'HUB_RATELIMIT', meant: 'HUB_RATE_LIMIT' },
      { name: 'REFRESH_CONCURENCY', meant: 'REFRESH_CONCURRENCY' },
    ]);
  });

  it('name one that the hub does not read also where a variable is missing', () => {
    const { HUB_SPOOL_DIR, ...rest } = USABLE;
    expect(faultsOf({ ...rest, HUB_SPOOLDIR: HUB_SPOOL_DIR })).toEqual([
      expect.stringMatching(/^HUB_SPOOL_DIR must be set/),
      'environment variable HUB_SPOOLDIR is not known: HUB_SPOOL_DIR may be meant',
    ]);
  });

  it('find nothing strange in what belongs to npm start, the command line, the sandbox bank, or the machine', () => {
    const others = {
      HUB_REPLICAS: '2',
      CONSENT_HUB_LOCAL_DIR: '/x',
      CONSENT_HUB_URL: 'http://127.0.0.1:3000',
      CONSENT_HUB_API_KEY: 'ch_x',
      SANDBOX_HTTP_PORT: '1',
      PATH: '/bin',
    };
    expect(readHubSettings({ ...USABLE, ...others }).unknownVariables).toEqual([]);
  });

  it('print no secret, neither when they are usable nor when they are not', () => {
    const printed = inspect(readHubSettings(USABLE), { depth: 10 }) + JSON.stringify(readHubSettings(USABLE));
    const complaints = faultsOf(
      Object.fromEntries(Object.entries(SECRETS).map(([name, value]) => [name, ` ${value} ,`])),
    );
    for (const secret of ['db-pass-word', VAULT_KEY.slice(0, 20), 'client-secret']) {
      expect(printed).not.toContain(secret);
      expect(complaints.join('\n')).not.toContain(secret);
    }
  });
});
