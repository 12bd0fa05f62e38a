import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { BRANDS } from '@consent-hub/psd2-protocol';
import { hubEnvironment } from '@consent-hub/testing';
import { Child } from './child.js';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { makeDue, seedConsents, VAULT_KEYS } from './seed.js';

/** Calls at the bank at the same time. */
export const IN_FLIGHT = 512;
const POLL_MS = 200;
/** As built: the worker that exports runs without the compiler of the benchmark. */
const TRACING = fileURLToPath(new URL('../../dist/apps/consent-hub/src/tracing.js', import.meta.url));
/** A hub keeps much garbage between collections where thousands of answers are under way: `start:hub` says the same. */
const HUB_FLAGS = ['--max-semi-space-size=64'];

export interface Sweep {
  /**
   * Between the first and the last tenth: after every pause the circuit breaker begins with a few refreshes and doubles them with each
   * round of good answers, which takes about a second with a bank of 100 ms, and says nothing about the flow that follows.
   */
  readonly perSecond: number;
  /** CPU time of the hub's process per refresh, microseconds. */
  readonly cpuMicroseconds: number;
}

/** A hub process of its own on a database of its own, whose scheduled job refreshes what the benchmark makes due. */
export class HubLine {
  private constructor(
    readonly database: BenchDatabase,
    /** Where it listens. */
    readonly url: string,
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
    return HubLine.startOn(database, bank, settings);
  }

  /**
   * One more hub on a database that is there.
   *
   * @param traces where its traces go; absent: nothing is traced
   */
  static async startOn(
    database: BenchDatabase,
    bank: { port: number; certificates: DevelopmentCertificates },
    settings: NodeJS.ProcessEnv = {},
    traces?: string,
  ): Promise<HubLine> {
    const spoolDir = await mkdtemp(join(tmpdir(), 'consent-hub-bench-'));
    const banks = BRANDS.flatMap((brand) => {
      const prefix = `BANK_${brand.toUpperCase()}_`;
      return Object.entries({
        [`${prefix}API_URL`]: `https://127.0.0.1:${bank.port}`,
        [`${prefix}TLS_CERT_FILE`]: bank.certificates.clients[brand].certFile,
        [`${prefix}TLS_KEY_FILE`]: bank.certificates.clients[brand].keyFile,
        [`${prefix}TLS_CA_FILE`]: bank.certificates.caFile,
      });
    });
    const env = hubEnvironment(database.url, {
      ...Object.fromEntries(banks),
      HUB_PORT: '0',
      HUB_SPOOL_DIR: spoolDir,
      HUB_VAULT_KEYS: VAULT_KEYS,
      HUB_LOG_LEVEL: 'warn',
      REFRESH_CONCURRENCY: String(IN_FLIGHT),
      REFRESH_SWEEP_SECONDS: '1',
      ...settings,
    });
    const output = env['HUB_LOG_LEVEL'] === 'warn' ? 'inherit' : 'ignore';
    const order = { env: { ...process.env, ...env } };
    const hub = await Child.start('./hub.program.ts', order, {
      flags: traces === undefined ? HUB_FLAGS : [...HUB_FLAGS, '--import', TRACING],
      output,
      env:
        traces === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: traces, OTEL_TRACES_SAMPLER: 'always_on' },
    });
    const { url } = await hub.ask<{ url: string }>({});
    return new HubLine(database, url, hub, spoolDir);
  }

  /** Makes so many consents due and waits until all of them hold their next pair. */
  async sweep(count: number): Promise<Sweep> {
    const { client } = this.database;
    const since = await makeDue(client, count);
    const cpuBefore = this.hub.cpuMicroseconds();
    while (await this.isSweeping(since)) await delay(POLL_MS);
    const cpuMicroseconds = (this.hub.cpuMicroseconds() - cpuBefore) / count;
    const { rows } = await client.query<{ done: number; flow: number; seconds: number }>(
      `SELECT count(*)::int AS done, count(*) FILTER (WHERE share BETWEEN 0.1 AND 0.9)::int AS flow,
              extract(epoch FROM max(settled_at) FILTER (WHERE share <= 0.9) - min(settled_at) FILTER (WHERE share >= 0.1))::float8
                AS seconds
         FROM (SELECT settled_at, cume_dist() OVER (ORDER BY settled_at) AS share
                 FROM hub.token_request WHERE status = 'committed' AND sent_at >= $1) settled`,
      [since],
    );
    const [{ done, flow, seconds } = { done: 0, flow: 0, seconds: 0 }] = rows;
    if (done !== count) throw new Error(`${done} of ${count} consents were refreshed`);
    return { perSecond: flow / seconds, cpuMicroseconds };
  }

  /** Reads two short indexes, so that the reading does not change the measurement. */
  private async isSweeping(since: string): Promise<boolean> {
    const { rows } = await this.database.client.query<{ busy: boolean }>(
      `SELECT now() <= $1::timestamptz + interval '1 second'
           OR EXISTS (SELECT FROM hub.token_pair WHERE brand = 'belfius' AND refresh_due_at <= now())
           OR EXISTS (SELECT FROM hub.token_request WHERE status IN ('sent', 'received', 'in_doubt')) AS busy`,
      [since],
    );
    return rows[0]?.busy ?? false;
  }

  /** CPU time of the hub's process so far, microseconds. */
  cpuMicroseconds(): number {
    return this.hub.cpuMicroseconds();
  }

  /** Milliseconds of a claim of so many, of those that the benchmark made due before. */
  async timeClaim(limit: number): Promise<number> {
    return (await this.hub.ask<{ milliseconds: number }>({ claim: limit })).milliseconds;
  }

  async stop(): Promise<void> {
    await this.leave();
    await this.database.drop();
  }

  /** Ends the hub, and leaves its database to the others. */
  async leave(): Promise<void> {
    await this.hub.stop();
    await rm(this.spoolDir, { recursive: true, force: true });
  }
}
