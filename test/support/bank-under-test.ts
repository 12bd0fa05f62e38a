import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureDevelopmentCertificates,
  issueClientCertificate,
  type KeyedCertificate,
} from '@consent-hub/eidas';
import { BRANDS, type Brand, type PspRole } from '@consent-hub/psd2-protocol';
import { connectAsOwner, createTestDatabase } from '@consent-hub/testing';
import { Agent, request } from 'undici';
import { startSandboxBank, type RunningBank } from '../../apps/sandbox-bank/src/bootstrap.js';
import { machinePorts } from './machine-ports.js';

/** It has a query, whose pairs must survive the return. */
export const REDIRECT_URI = 'https://tpp.example/callback?flow=1';

/** A TPP that the bank under test has registered. */
export interface TestClient {
  readonly brand: Brand;
  readonly id: string;
  readonly secret: string;
  readonly certificate: KeyedCertificate;
}

export interface MachineCall {
  readonly brand: Brand;
  readonly path: string;
  readonly method: string;
  /** In the order and the number in which they are sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** In place of a body that is a text. */
  readonly bytes?: Buffer;
  /** Null for none. */
  readonly certificate: KeyedCertificate | null;
  /** Signal whose abort makes the caller leave. */
  readonly signal?: AbortSignal;
}

export interface MachineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The sandbox bank as it is really started, on free ports and a database of its own. */
export interface BankUnderTest {
  readonly running: RunningBank;
  /** With which one more process of the same bank starts. */
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly clients: Readonly<Record<Brand, TestClient>> & {
    /** A client of Belfius, with a certificate for payments only. */
    readonly paymentsOnly: TestClient;
    /** Likewise, another TPP. */
    readonly otherPayments: TestClient;
    /** A client of Banx, with a certificate for payments only. */
    readonly banxPayments: TestClient;
    /** A client of Belfius, with a certificate for no scope at all. */
    readonly scopeless: TestClient;
  };
  /** The bank trusts it: it issues more certificates. */
  readonly authority: KeyedCertificate;
  /** Over mutual TLS, to this process of the bank or another. */
  send(call: MachineCall, to?: RunningBank): Promise<MachineAnswer>;
  /** What only the bank itself can do. */
  query(sql: string): Promise<void>;
  /** Lets the bank's clock run on. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function startBankUnderTest(settings: NodeJS.ProcessEnv = {}): Promise<BankUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-bank-'));
  const files = await ensureDevelopmentCertificates(directory);
  const authority = { certificate: await read(files.caFile), key: await read(files.caKeyFile) };
  const clients = {
    ...(await accountClients(authority)),
    paymentsOnly: await clientWith('belfius', 'l7payments', authority, ['PSP_PI']),
    otherPayments: await clientWith('belfius', 'l7payments2', authority, ['PSP_PI']),
    banxPayments: await clientWith('banx', 'l7banxpayments', authority, ['PSP_PI']),
    scopeless: await clientWith('belfius', 'l7scopeless', authority, ['PSP_AS']),
  };
  const database = await createTestDatabase();
  const env = {
    DATABASE_URL: database.url,
    ...machinePorts(() => 0),
    SANDBOX_HTTP_PORT: '0',
    SANDBOX_CLIENTS_FILE: await writeClients(directory, Object.values(clients)),
    SANDBOX_TLS_CERT_FILE: files.server.certFile,
    SANDBOX_TLS_KEY_FILE: files.server.keyFile,
    SANDBOX_TLS_CA_FILE: files.caFile,
    SANDBOX_LOG_LEVEL: 'silent',
    ...settings,
  };
  const running = await startSandboxBank(env);
  const agents = new Agents(authority);
  const query = async (sql: string): Promise<void> => {
    const client = await connectAsOwner(database.url);
    await client.query(sql);
    await client.end();
  };
  return {
    running,
    env,
    databaseUrl: database.url,
    clients,
    authority,
    async send({ brand, path, method, headers, certificate, signal, ...sent }, to = running) {
      const body = sent.bytes ?? sent.body;
      const answer = await request(to.apiUrls[brand] + path, {
        method,
        headers: headers.flat(),
        dispatcher: agents.of(certificate),
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    },
    query,
    advance: (seconds) => query(`UPDATE bank.clock SET ahead = ahead + make_interval(secs => ${seconds})`),
    async close() {
      await agents.close();
      await running.close();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

const read = (file: string): Promise<string> => readFile(file, 'utf8');

/** For each brand one that may ask for accounts and funds. */
async function accountClients(authority: KeyedCertificate): Promise<Record<Brand, TestClient>> {
  const made = BRANDS.map((brand) =>
    // The name by which specs send bad credentials of it.
    clientWith(brand, brand === 'belfius' ? 'l7accounts' : `l7${brand}`, authority, ['PSP_AI', 'PSP_IC']),
  );
  const clients = await Promise.all(made);
  return Object.fromEntries(clients.map((client) => [client.brand, client])) as Record<Brand, TestClient>;
}

async function clientWith(
  brand: Brand,
  id: string,
  authority: KeyedCertificate,
  roles: readonly PspRole[],
): Promise<TestClient> {
  const certificate = await issueClientCertificate(authority, {
    commonName: `Test TPP ${id}`,
    organizationIdentifier: 'PSDBE-NBB-0123456789',
    roles,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  // A percent sign and a colon, which a client may encode or not (RFC 6749 section 2.3.1).
  return { brand, id, secret: 'correct%horse:battery', certificate };
}

async function writeClients(directory: string, clients: readonly TestClient[]): Promise<string> {
  const entries = clients.map(({ brand, id, secret }) => ({
    brand,
    client_id: id,
    client_secret: secret,
    tls_cert_file: `${id}.pem`,
    redirect_uris: [REDIRECT_URI],
  }));
  for (const { id, certificate } of clients) {
    await writeFile(join(directory, `${id}.pem`), certificate.certificate);
  }
  const file = join(directory, 'clients.json');
  await writeFile(file, JSON.stringify(entries));
  return file;
}

/** One pool of connections a certificate. */
class Agents {
  private readonly agents = new Map<KeyedCertificate | null, Agent>();

  constructor(private readonly authority: KeyedCertificate) {}

  of(certificate: KeyedCertificate | null): Agent {
    const known = this.agents.get(certificate);
    if (known) return known;
    const identity = certificate && { cert: certificate.certificate, key: certificate.key };
    const agent = new Agent({ connect: { ca: this.authority.certificate, ...identity } });
    this.agents.set(certificate, agent);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.close()));
  }
}
