import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { BRANDS, perBrand, type Brand } from '@consent-hub/psd2-protocol';
import type { TcpProxy } from '@consent-hub/testing';
import { ROOT } from '../../stack/local-stack.js';
import type { Pause } from './evidence.js';
import { ChaosProcess } from './process.js';
import { BankRelay, type TokenCall } from './relay.js';

interface HubOptions {
  readonly number: number;
  readonly port: number;
  readonly apiKey: string;
  readonly directory: string;
  readonly certificates: DevelopmentCertificates;
  readonly bankPorts: Readonly<Record<Brand, number>>;
  readonly clientSecret: string;
  readonly databaseUrl: string;
  /** Through which it reaches its database, if any. */
  readonly databaseProxy: TcpProxy | null;
  readonly env: NodeJS.ProcessEnv;
  /** Where it was built, if elsewhere than here. */
  readonly builtIn?: string | undefined;
}

export interface ChaosAnswer<T> {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: T;
}

const CLOCK_SKEW = pathToFileURL(join(ROOT, 'test', 'support', 'chaos', 'clock-skew.mjs')).href;

/** One replica: a process that can be killed, its spool, and the relays through which it reaches the bank. */
export class ChaosHub {
  /** Every moment at which its process was killed. */
  readonly deaths: number[] = [];
  /** Every time in which its process did not run on. */
  readonly pauses: Pause[] = [];
  readonly url: string;

  private constructor(
    readonly name: string,
    readonly spoolDirectory: string,
    readonly relays: Readonly<Record<Brand, BankRelay>>,
    private readonly process: ChaosProcess,
    private readonly options: HubOptions,
  ) {
    this.url = `http://127.0.0.1:${options.port}`;
  }

  static async prepare(options: HubOptions): Promise<ChaosHub> {
    const { number, port, directory, certificates, bankPorts, env, databaseUrl, databaseProxy } = options;
    const name = `hub-${number + 1}`;
    const relayTo = (brand: Brand) =>
      new BankRelay({ by: name, brand, bankPort: bankPorts[brand], certificates });
    const relays = perBrand(relayTo);
    const spoolDirectory = join(directory, `spool-${number + 1}`);
    const url = `http://127.0.0.1:${port}`;
    const process = new ChaosProcess({
      name,
      app: 'consent-hub',
      builtIn: options.builtIn,
      logFile: join(directory, `${name}.log`),
      readyUrl: `${url}/health/ready`,
      preload: env['CHAOS_CLOCK_SKEW_MS'] ? [CLOCK_SKEW] : [],
      env: {
        DATABASE_URL: databaseProxy?.through(databaseUrl) ?? databaseUrl,
        HUB_PORT: String(port),
        HUB_INSTANCE: name,
        HUB_SPOOL_DIR: spoolDirectory,
        REFRESH_SWEEP_SECONDS: '1',
        // Scenarios refresh one consent again and again.
        REFRESH_MIN_INTERVAL_SECONDS: '0',
        ...(await bankEnvironment(options, relays)),
        ...env,
      },
    });
    return new ChaosHub(name, spoolDirectory, relays, process, options);
  }

  /** Every token call that it has sent, to any brand. */
  get calls(): TokenCall[] {
    return BRANDS.flatMap((brand) => this.relays[brand].calls);
  }

  /** Its way to the database. */
  get databaseProxy(): TcpProxy {
    const { databaseProxy } = this.options;
    if (!databaseProxy) throw new Error(`${this.name} has no proxy`);
    return databaseProxy;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  start(): Promise<void> {
    return this.process.start();
  }

  /** The next start is of what was built here. */
  upgrade(): void {
    this.process.builtIn = ROOT;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.deaths.push(await this.process.kill());
  }

  /** SIGTERM. Killed when it has not ended by then. */
  stop(withinMs?: number): Promise<void> {
    return this.process.stop(withinMs);
  }

  /** SIGSTOP. */
  pause(): void {
    this.pauses.push({ from: this.process.signal('SIGSTOP'), to: Infinity });
  }

  /** SIGCONT. */
  resume(): void {
    const to = this.process.signal('SIGCONT');
    const pause = this.pauses.pop();
    if (pause) this.pauses.push({ ...pause, to });
  }

  async close(): Promise<void> {
    await this.process.kill();
    await Promise.all(BRANDS.map((brand) => this.relays[brand].close()));
    await this.options.databaseProxy?.close();
  }

  /** Whether it says that it can serve. */
  isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** As a user with every permission. */
  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<ChaosAnswer<T>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.options.apiKey}`,
        // One that was left open may be closed by the hub just when it is used again.
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      body: (text === '' ? {} : JSON.parse(text)) as T,
    };
  }
}

async function bankEnvironment(
  { certificates, clientSecret }: HubOptions,
  relays: Readonly<Record<Brand, BankRelay>>,
): Promise<NodeJS.ProcessEnv> {
  const entries = BRANDS.map(async (brand) => {
    const { certFile, keyFile } = certificates.clients[brand];
    const prefix = `BANK_${brand.toUpperCase()}_`;
    return [
      [`${prefix}API_URL`, await relays[brand].listen()],
      [`${prefix}CLIENT_ID`, `l7${brand}`],
      [`${prefix}CLIENT_SECRET`, clientSecret],
      [`${prefix}TLS_CERT_FILE`, certFile],
      [`${prefix}TLS_KEY_FILE`, keyFile],
      [`${prefix}TLS_CA_FILE`, certificates.caFile],
    ] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}
