import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { hubEnvironment } from '@consent-hub/testing';
import { Child } from './child.js';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { makeDue, seedConsents, VAULT_KEYS } from './seed.js';

/** Calls at the bank at the same time. */
export const IN_FLIGHT = 512;
/** Seldom: each look reads the whole journal. */
const POLL_MS = 500;

export interface Sweep {
  readonly perSecond: number;
  /** CPU time of the hub's process per refresh, microseconds. */
  readonly cpuMicroseconds: number;
}

/** A hub process of its own on a database of its own, whose scheduled job refreshes what the benchmark makes due. */
export class HubLine {
  private constructor(
    readonly database: BenchDatabase,
    private readonly hub: Child,
    private readonly spoolDir: string,
  ) {}

  static async start(
    consents: number,
    bank: { port: number; certificates: DevelopmentCertificates },
    settings: NodeJS.ProcessEnv = {},
  ): Promise<HubLine> {
    const database = await openBenchDatabase();
    await seedConsents(database.client, consents);
    const spoolDir = await mkdtemp(join(tmpdir(), 'consent-hub-bench-'));
    const brand = (name: string) => ({
      [`BANK_${name}_API_URL`]: `https://127.0.0.1:${bank.port}`,
      [`BANK_${name}_TLS_CERT_FILE`]: bank.certificates.clients.belfius.certFile,
      [`BANK_${name}_TLS_KEY_FILE`]: bank.certificates.clients.belfius.keyFile,
      [`BANK_${name}_TLS_CA_FILE`]: bank.certificates.caFile,
    });
    const env = hubEnvironment(database.url, {
      ...brand('BELFIUS'),
      ...brand('BANX'),
      HUB_PORT: '0',
      HUB_SPOOL_DIR: spoolDir,
      HUB_VAULT_KEYS: VAULT_KEYS,
      HUB_LOG_LEVEL: 'warn',
      REFRESH_CONCURRENCY: String(IN_FLIGHT),
      REFRESH_SWEEP_SECONDS: '1',
      ...settings,
    });
    const hub = await Child.start('./hub.program.ts', { env: { ...process.env, ...env } });
    return new HubLine(database, hub, spoolDir);
  }

  /** Makes so many consents due and waits until all of them hold their next pair. */
  async sweep(count: number): Promise<Sweep> {
    const { client } = this.database;
    const cpuBefore = this.hub.cpuMicroseconds();
    const { rows } = await client.query<{ since: string }>('SELECT clock_timestamp()::text AS since');
    const since = rows[0]?.since;
    await makeDue(client, count);
    let seconds = 0;
    for (let done = 0; done < count;) {
      await delay(POLL_MS);
      const { rows: seen } = await client.query<{ done: number; seconds: number }>(
        `SELECT count(*)::int AS done, extract(epoch FROM max(settled_at) - min(sent_at))::float8 AS seconds
           FROM hub.token_request WHERE status = 'committed' AND sent_at > $1`,
        [since],
      );
      done = seen[0]?.done ?? 0;
      seconds = seen[0]?.seconds ?? 0;
    }
    return {
      perSecond: count / seconds,
      cpuMicroseconds: (this.hub.cpuMicroseconds() - cpuBefore) / count,
    };
  }

  /** Milliseconds of a claim of so many, of those that the benchmark made due before. */
  async timeClaim(limit: number): Promise<number> {
    return (await this.hub.ask<{ milliseconds: number }>({ claim: limit })).milliseconds;
  }

  async stop(): Promise<void> {
    await this.hub.stop();
    await this.database.drop();
    await rm(this.spoolDir, { recursive: true, force: true });
  }
}
