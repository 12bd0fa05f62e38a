import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureDevelopmentCertificates, type DevelopmentCertificates } from '@consent-hub/eidas';
import { freePort, newId } from '@consent-hub/platform';
import { BRANDS, perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { createTestDatabase, TcpProxy } from '@consent-hub/testing';
import { KeyRing, TokenVault } from '@consent-hub/token-vault';
import { until } from '../../stack/local-stack.js';
import { machinePorts } from '../machine-ports.js';
import { ChaosBank, type BankLedger } from './bank.js';
import { ChaosDatabase } from './database.js';
import { ChaosHub } from './hub.js';
import { ChaosPostgres } from './postgres.js';
import { ChaosProcess } from './process.js';
import { copyConsents, type SeededConsent } from './seed.js';
import { judge, type Judgement } from './judgement.js';

const CLIENT_SECRET = randomBytes(16).toString('hex');
const KEEP_DUE_MS = 200;
const START_ATTEMPTS = 3;
const OPEN = `('sent', 'in_doubt', 'received')`;

export interface ChaosOptions {
  readonly replicas: number;
  /** Environment of every hub. */
  readonly hubEnv?: NodeJS.ProcessEnv;
  /** Environment of one hub, by its number. */
  readonly ownEnv?: readonly NodeJS.ProcessEnv[];
  /** Where the hubs were built, if elsewhere than here. */
  readonly hubsBuiltIn?: string;
  readonly bankEnv?: NodeJS.ProcessEnv;
  /** Gives the hubs a database server of their own, which can be brought down. */
  readonly ownPostgres?: boolean;
  /** Where the hubs have their database, migrated, if it is to be found elsewhere. */
  readonly databaseUrl?: string;
  /** That server has a clock that can be set. */
  readonly ownClock?: boolean;
  /** Leads each hub to its database through a proxy of its own. */
  readonly proxied?: boolean;
}

/** Real hubs, each a process with a spool of its own, and a real bank, each side on a database of its own. */
export class ChaosStack {
  readonly hubs: ChaosHub[] = [];
  readonly vault: TokenVault;
  readonly apiKey = `ch_${randomBytes(32).toString('base64url')}`;
  private ownPostgres: ChaosPostgres | null = null;
  bank!: ChaosBank;
  hubDatabase!: ChaosDatabase;
  bankDatabase!: ChaosDatabase;
  private before: BankLedger | null = null;
  private readonly vaultKeys = `chaos:${randomBytes(32).toString('base64')}`;
  private readonly undo: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly directory: string,
    private readonly certificates: DevelopmentCertificates,
    private readonly options: ChaosOptions,
  ) {
    this.vault = new TokenVault(KeyRing.parse(this.vaultKeys));
  }

  static async start(options: ChaosOptions): Promise<ChaosStack> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ChaosStack.attempt(options);
      } catch (error) {
        // Between asking for free ports and taking them another process may have taken one.
        if (attempt === START_ATTEMPTS || !String(error).includes('EADDRINUSE')) throw error;
      }
    }
  }

  /** Leaves nothing behind when it fails half-way. */
  private static async attempt(options: ChaosOptions): Promise<ChaosStack> {
    const directory = await mkdtemp(join(tmpdir(), 'consent-hub-chaos-'));
    const certificates = await ensureDevelopmentCertificates(join(directory, 'tls'));
    const stack = new ChaosStack(directory, certificates, options);
    stack.undo.push(() => rm(directory, { recursive: true, force: true }));
    stack.undo.push(() => keepFiles(directory));
    try {
      await stack.startParts();
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  /** Ends every process and removes every trace, but for a copy of all files where CHAOS_KEEP names a directory. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const undo of this.undo.splice(0).reverse()) {
      await undo().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The chaos stack could not be taken down');
  }

  /** The server of the hubs' own. */
  get postgres(): ChaosPostgres {
    if (!this.ownPostgres) throw new Error('The hubs have no server of their own');
    return this.ownPostgres;
  }

  hub(number: number): ChaosHub {
    const hub = this.hubs[number];
    if (!hub) throw new Error(`There is no hub ${number}`);
    return hub;
  }

  /** A consent whose PSU has decided, and is on the way back to that address. */
  async opened(
    brand: Brand,
    decision: 'approve' | 'refuse' = 'approve',
    psu?: string,
  ): Promise<{ readonly id: string; readonly callback: string }> {
    const { status, body } = await this.hub(0).call<{ id: string; consent_uris: { uri: string }[] }>(
      'POST',
      '/v1/consents',
      { scope: 'AIS', brand, psu_ref: `chaos-${newId()}` },
    );
    if (status !== 201) throw new Error(`The hub answered ${status}: ${JSON.stringify(body)}`);
    return { id: body.id, callback: await this.bank.decide(body.consent_uris[0]?.uri ?? '', decision, psu) };
  }

  /** So many new live consents, none of which is due. */
  async given(count: number, brand: Brand = 'belfius'): Promise<SeededConsent[]> {
    const sides = { hub: this.hubDatabase, bank: this.bankDatabase, vault: this.vault };
    const consents = await copyConsents(sides, { consentId: await this.template(brand), brand }, count);
    this.before = await this.bank.ledger();
    return consents;
  }

  /** Time has come, or will, for them to be refreshed, but for those that a request is open for. */
  async makeDue(consents: readonly SeededConsent[], inSeconds = 0): Promise<void> {
    await this.hubDatabase.query(
      `UPDATE hub.token_pair t SET refresh_due_at = now() + make_interval(secs => $2)
        WHERE consent_id = ANY ($1::uuid[]) AND refresh_due_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM hub.token_request r WHERE r.consent_id = t.consent_id AND r.status IN ${OPEN})`,
      [consents.map(({ id }) => id), inSeconds],
    );
  }

  /** Makes them due again and again, so that a sweep over them does not end before `end`. */
  keepDue(consents: readonly SeededConsent[]): { end(): Promise<void> } {
    const sweep = { isOn: true };
    const keeping = (async () => {
      while (sweep.isOn) {
        if ((await this.unsettled(consents)) < consents.length / 2) await this.makeDue(consents);
        await delay(KEEP_DUE_MS);
      }
    })();
    const end = () => {
      sweep.isOn = false;
      return keeping;
    };
    this.undo.push(end);
    return { end };
  }

  /**
   * The time passes in which their calls may still be under way. Call it only when no call is under way: no process may receive
   * their answers any more.
   */
  async leasesEnd(consents: readonly Pick<SeededConsent, 'id'>[]): Promise<void> {
    await this.hubDatabase.query(
      `UPDATE hub.token_request SET lease_ends_at = now()
        WHERE consent_id = ANY ($1::uuid[]) AND status IN ('sent', 'in_doubt') AND lease_ends_at > now()`,
      [consents.map(({ id }) => id)],
    );
  }

  /** How many of them are due, or have a request that is not over. */
  async unsettled(consents: readonly SeededConsent[]): Promise<number> {
    const [row] = await this.hubDatabase.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM hub.token_pair t
        WHERE consent_id = ANY ($1::uuid[])
          AND (refresh_due_at <= now()
               OR EXISTS (SELECT FROM hub.token_request r WHERE r.consent_id = t.consent_id AND r.status IN ${OPEN}))`,
      [consents.map(({ id }) => id)],
    );
    return row?.count ?? 0;
  }

  /** Resolves once nothing is due and no request is open. */
  async settles(consents: readonly SeededConsent[], withinMs: number): Promise<void> {
    await until('every consent is settled', async () => (await this.unsettled(consents)) === 0, withinMs);
  }

  /** The state of these consents, by the tables of the bank. */
  async judgement(consents: readonly SeededConsent[]): Promise<Judgement> {
    if (!this.before) throw new Error('No consents were given');
    return judge({
      consents,
      bank: this.bankDatabase,
      hub: this.hubDatabase,
      vault: this.vault,
      calls: this.hubs.flatMap((hub) => hub.calls),
      deaths: new Map(this.hubs.map((hub) => [hub.name, hub.deaths])),
      pauses: new Map(this.hubs.map((hub) => [hub.name, hub.pauses])),
      spoolDirectories: this.hubs.map((hub) => hub.spoolDirectory),
      ledger: { before: this.before, after: await this.bank.ledger() },
    });
  }

  private readonly templates = new Map<Brand, Promise<string>>();

  /** A consent of that brand that both apps have made together, from its opening to its first pair. */
  private template(brand: Brand): Promise<string> {
    const made = this.templates.get(brand) ?? this.makeTemplate(brand);
    this.templates.set(brand, made);
    return made;
  }

  private async makeTemplate(brand: Brand): Promise<string> {
    const { id, callback } = await this.opened(brand);
    const returned = await fetch(callback, { redirect: 'manual' });
    if (returned.status !== 200) throw new Error(`The callback answered ${returned.status}`);
    // It is there to be copied, and to be left in peace.
    await this.hubDatabase.query(
      `UPDATE hub.token_pair SET refresh_due_at = now() + interval '1 day' WHERE consent_id = $1`,
      [id],
    );
    return id;
  }

  private async startParts(): Promise<void> {
    const { replicas } = this.options;
    const bankDatabase = await createTestDatabase();
    this.undo.push(() => bankDatabase.drop());
    this.bankDatabase = this.look(bankDatabase.url);
    this.hubDatabase = this.look(await this.startHubDatabase());
    const ports = await freePorts(replicas);
    const publicUrl = `http://127.0.0.1:${ports[0]}`;
    await this.startBank(bankDatabase.url, publicUrl);
    await this.registerUser();
    for (const [number, port] of ports.entries()) await this.addHub(number, port, publicUrl);
    await Promise.all(this.hubs.map((hub) => hub.start()));
  }

  private look(url: string): ChaosDatabase {
    const database = new ChaosDatabase(url);
    this.undo.push(() => database.close());
    return database;
  }

  private async startHubDatabase(): Promise<string> {
    const { databaseUrl, ownPostgres = false, ownClock = false } = this.options;
    if (databaseUrl) return databaseUrl;
    if (ownPostgres) {
      const postgres = await ChaosPostgres.start({ hasOwnClock: ownClock });
      this.ownPostgres = postgres;
      this.undo.push(() => postgres.close());
      return postgres.url;
    }
    const database = await createTestDatabase();
    this.undo.push(() => database.drop());
    return database.url;
  }

  private async startBank(databaseUrl: string, publicUrl: string): Promise<void> {
    const [http = 0, ...others] = await freePorts(1 + BRANDS.length);
    const ports = perBrand((brand) => others[BRANDS.indexOf(brand)] ?? 0);
    const { server, clients, caFile } = this.certificates;
    const clientsFile = join(this.directory, 'clients.json');
    const entries = BRANDS.map((brand) => ({
      brand,
      client_id: `l7${brand}`,
      client_secret: CLIENT_SECRET,
      tls_cert_file: clients[brand].certFile,
      redirect_uris: [`${publicUrl}/callback/${brand}`],
    }));
    await writeFile(clientsFile, JSON.stringify(entries));
    const controlUrl = `http://127.0.0.1:${http}`;
    const process = new ChaosProcess({
      name: 'sandbox-bank',
      app: 'sandbox-bank',
      logFile: join(this.directory, 'bank.log'),
      readyUrl: `${controlUrl}/health/ready`,
      env: {
        DATABASE_URL: databaseUrl,
        ...machinePorts((brand) => ports[brand]),
        SANDBOX_HTTP_PORT: String(http),
        SANDBOX_TLS_CERT_FILE: server.certFile,
        SANDBOX_TLS_KEY_FILE: server.keyFile,
        SANDBOX_TLS_CA_FILE: caFile,
        SANDBOX_CLIENTS_FILE: clientsFile,
        SANDBOX_LOG_LEVEL: 'warn',
        ...this.options.bankEnv,
      },
    });
    this.undo.push(() => process.kill());
    await process.start();
    this.bank = new ChaosBank(controlUrl, ports);
  }

  private async registerUser(): Promise<void> {
    const permissions = ['admin', 'consents:read', 'consents:write', 'tokens:read'];
    // A version of before does not know this one, and neither does its schema.
    if (this.options.hubsBuiltIn === undefined) permissions.push('events:read');
    // A second attempt to start, on other ports, finds the client of the first one in a database that was given.
    await this.hubDatabase.query(
      `WITH client AS (
         INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, 'chaos', $4) ON CONFLICT DO NOTHING RETURNING id
       )
       INSERT INTO hub.api_client_key (id, api_client_id, key_hash)
       SELECT $2, id, $3 FROM (SELECT id FROM client UNION SELECT id FROM hub.api_client WHERE name = 'chaos') known`,
      [newId(), newId(), createHash('sha256').update(this.apiKey).digest(), permissions],
    );
  }

  private async addHub(number: number, port: number, publicUrl: string): Promise<void> {
    const { url: databaseUrl } = this.hubDatabase;
    const { proxied = false } = this.options;
    const hub = await ChaosHub.prepare({
      number,
      port,
      apiKey: this.apiKey,
      directory: this.directory,
      certificates: this.certificates,
      bankPorts: this.bank.ports,
      clientSecret: CLIENT_SECRET,
      databaseUrl,
      builtIn: this.options.hubsBuiltIn,
      databaseProxy: proxied ? await TcpProxy.start(Number(new URL(databaseUrl).port)) : null,
      env: {
        HUB_PUBLIC_URL: publicUrl,
        HUB_VAULT_KEYS: this.vaultKeys,
        ...this.options.hubEnv,
        ...this.options.ownEnv?.[number],
      },
    });
    this.hubs.push(hub);
    this.undo.push(() => hub.close());
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** For the investigation of a failure. */
async function keepFiles(directory: string): Promise<void> {
  const keep = process.env['CHAOS_KEEP'];
  const isFile = async (source: string) => {
    const found = await stat(source);
    return found.isDirectory() || found.isFile();
  };
  if (keep) await cp(directory, join(keep, basename(directory)), { recursive: true, filter: isFile });
}
