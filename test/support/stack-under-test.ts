import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  HttpBankClient,
  type BankClientSettings,
  type TokenAnswer,
  type TokenRequest,
} from '@consent-hub/bank-client';
import {
  ensureDevelopmentCertificates,
  type DevelopmentCertificates,
  type KeyedCertificate,
} from '@consent-hub/eidas';
import { freePort } from '@consent-hub/platform';
import { BRANDS, perBrand, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { asHub, createTestDatabase } from '@consent-hub/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ApiClientService } from '../../apps/consent-hub/src/api-client/api-client.service.js';
import { startHub, type RunningHub } from '../../apps/consent-hub/src/bootstrap.js';
import { startSandboxBank, type RunningBank } from '../../apps/sandbox-bank/src/bootstrap.js';
import { machinePorts } from './machine-ports.js';

const CLIENT_SECRET = randomBytes(24).toString('base64url');
const VAULT_KEY = randomBytes(32).toString('base64');

/** The hub's own client of the bank, which remembers every secret that passes through it. */
export class OverhearingBankClient extends HttpBankClient {
  readonly overheard: Secret[] = [];

  override async requestToken(request: TokenRequest): Promise<TokenAnswer> {
    if (request.grantType === 'authorization_code') this.overheard.push(request.code, request.codeVerifier);
    const answer = await super.requestToken(request);
    const { access_token, refresh_token, sca_token } = JSON.parse(answer.body.reveal()) as Record<
      string,
      string
    >;
    for (const token of [access_token, refresh_token, sca_token])
      if (token) this.overheard.push(new Secret(token));
    return answer;
  }
}

export interface StackUnderTest {
  readonly hub: RunningHub;
  readonly bank: RunningBank;
  readonly bankClient: OverhearingBankClient;
  readonly settings: BankClientSettings;
  /** The bank trusts it: it issues more certificates. */
  readonly authority: KeyedCertificate;
  readonly databaseUrl: string;
  /** Of the hub. */
  readonly dataSource: DataSource;
  readonly keys: Readonly<Record<'platform' | 'other' | 'service' | 'admin', Secret>>;
  /** Secrets of the set-up itself. */
  readonly secrets: readonly Secret[];
  /** Every line that the hub has logged. */
  readonly log: string[];
  query<T extends object>(sql: string, parameters?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

interface StackOptions {
  /** Addresses of the TPP's own that the bank may send PSUs to, in addition to those of the hub. */
  readonly callbacks?: readonly string[];
  /** False: the hub calls the bank by a client of its own, with the certificate files that it watches, and not by `bankClient`. */
  readonly isOverheard?: boolean;
}

/**
 * Both apps as they are really started, on one database of their own, the bank over mutual TLS.
 *
 * @param hubSettings variables of the hub in addition to the usual ones
 */
export async function startStackUnderTest(
  hubSettings: NodeJS.ProcessEnv = {},
  { callbacks = [], isOverheard = true }: StackOptions = {},
): Promise<StackUnderTest> {
  const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-e2e-'));
  const certificates = await ensureDevelopmentCertificates(directory);
  const database = await createTestDatabase();
  const hubPort = await freePort();
  const bank = await startSandboxBank({
    DATABASE_URL: database.url,
    ...machinePorts(() => 0),
    SANDBOX_HTTP_PORT: '0',
    SANDBOX_TLS_CERT_FILE: certificates.server.certFile,
    SANDBOX_TLS_KEY_FILE: certificates.server.keyFile,
    SANDBOX_TLS_CA_FILE: certificates.caFile,
    SANDBOX_CLIENTS_FILE: await writeClients(directory, certificates, hubPort, callbacks),
    SANDBOX_LOG_LEVEL: 'silent',
  });
  const settings = bankClientSettings(bank, certificates);
  const bankClient = new OverhearingBankClient(settings);
  const log: string[] = [];
  const hub = await startHub(
    {
      DATABASE_URL: asHub(database.url),
      HUB_PORT: String(hubPort),
      HUB_VAULT_KEYS: `e2e:${VAULT_KEY}`,
      HUB_SPOOL_DIR: path.join(directory, 'spool'),
      HUB_LOG_LEVEL: 'trace',
      REFRESH_MIN_INTERVAL_SECONDS: '0',
      HUB_SANDBOX_URL: bank.controlUrl,
      ...bankVariables(settings),
      ...hubSettings,
    },
    { ...(isOverheard && { bankClient }), logDestination: { write: (line) => void log.push(line) } },
  );
  const keys = await createKeys(hub.app.get(ApiClientService));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    hub,
    bank,
    bankClient,
    settings,
    authority: {
      certificate: await readFile(certificates.caFile, 'utf8'),
      key: await readFile(certificates.caKeyFile, 'utf8'),
    },
    databaseUrl: database.url,
    dataSource: hub.app.get(DataSource),
    keys,
    secrets: [...Object.values(keys), new Secret(CLIENT_SECRET), new Secret(VAULT_KEY)],
    log,
    query: async <T extends object>(sql: string, parameters?: unknown[]) =>
      (await client.query<T>(sql, parameters)).rows,
    async close() {
      await client.end();
      await hub.close();
      await bankClient.onApplicationShutdown();
      await bank.close();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

async function createKeys(clients: ApiClientService): Promise<StackUnderTest['keys']> {
  const key = async (name: string, permissions: Parameters<ApiClientService['create']>[0]['permissions']) =>
    (await clients.create({ name, permissions })).key;
  return {
    platform: await key('platform', ['consents:read', 'consents:write', 'events:read']),
    other: await key('other', ['consents:read', 'consents:write']),
    service: await key('service', ['tokens:read']),
    admin: await key('admin', ['admin', 'consents:read', 'consents:write', 'events:read']),
  };
}

const clientId = (brand: Brand): string => `l7${brand}`;

function bankClientSettings(bank: RunningBank, certificates: DevelopmentCertificates): BankClientSettings {
  const settings = (brand: Brand) => ({
    apiUrl: bank.apiUrls[brand],
    clientId: clientId(brand),
    clientSecret: new Secret(CLIENT_SECRET),
    tls: { ...certificates.clients[brand], caFile: certificates.caFile },
  });
  return {
    banks: perBrand(settings),
    timeoutMs: 10_000,
    tokenTimeoutMs: 20_000,
    connectionsPerBank: 8,
  };
}

const bankVariables = ({ banks }: BankClientSettings): NodeJS.ProcessEnv =>
  Object.fromEntries(
    BRANDS.flatMap((brand) => {
      const { apiUrl, clientId: id, tls } = banks[brand];
      const prefix = `BANK_${brand.toUpperCase()}_`;
      return [
        [`${prefix}API_URL`, apiUrl],
        [`${prefix}CLIENT_ID`, id],
        [`${prefix}CLIENT_SECRET`, CLIENT_SECRET],
        [`${prefix}TLS_CERT_FILE`, tls.certFile],
        [`${prefix}TLS_KEY_FILE`, tls.keyFile],
        [`${prefix}TLS_CA_FILE`, tls.caFile],
      ];
    }),
  );

async function writeClients(
  directory: string,
  certificates: DevelopmentCertificates,
  hubPort: number,
  callbacks: readonly string[],
): Promise<string> {
  const file = path.join(directory, 'clients.json');
  const entries = BRANDS.map((brand) => ({
    brand,
    client_id: clientId(brand),
    client_secret: CLIENT_SECRET,
    tls_cert_file: certificates.clients[brand].certFile,
    redirect_uris: [`http://127.0.0.1:${hubPort}/callback/${brand}`, ...callbacks],
  }));
  await writeFile(file, JSON.stringify(entries));
  return file;
}

/** The name of a person that no other test uses. */
export const newPsuRef = (): string => `customer-${randomUUID()}`;
