import { setTimeout as delay } from 'node:timers/promises';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Child } from './child.js';
import { HubLine } from './hub-line.js';
import { seedApiClient } from './seed.js';
import { median, type Bar } from './statistics.js';

/** Each with two sealed values. */
const CONSENTS = Number(process.env['BENCH_CONSENTS'] ?? 500_000);
const ROUNDS = 12;
/** Long enough for the hub to notice that it is busy, which takes it some seconds, and then so many that are measured. */
const UNMEASURED_READS = { connections: 64, requests: 36_000 };
const READS = { connections: 64, requests: 36_000 };
const SWEEP_ROUNDS = 5;
const A_SWEEP = 30_000;
const READ_CONSENTS = 20_000;
const API_KEY = `ch_${'r'.repeat(43)}`;
const POLL_MS = 500;
/** After this it has noticed whether the lease is its own. */
const A_TURN_MS = 1_500;
/** What a pair has sealed. */
const VALUES_A_PAIR = 2;

interface KeyList {
  readonly reseal: { readonly state: string; readonly resealed: number; readonly failed: number } | null;
}

/** What it costs the others that a hub seals everything anew. */
export async function resealBench(certificates: DevelopmentCertificates): Promise<Bar[]> {
  const bank = await Child.start('./bank.program.ts', { certificates });
  const { port } = await bank.ask<{ port: number }>({});
  const hub = await HubLine.start(CONSENTS, { port, certificates }, { HUB_RATE_LIMIT: '1000000' });
  const reseal = new Reseal(hub);
  const load = await Child.start('./load.program.ts', {});
  await load.ask({ origin: hub.url, paths: await reseal.prepare(), headers: bearer });
  await reseal.begin();
  const read = async () => {
    await load.ask({ origin: hub.url, ...UNMEASURED_READS });
    return (await load.ask<{ perSecond: number }>({ origin: hub.url, ...READS })).perSecond;
  };
  const bars = [
    await compare(reseal, 'token reads', ROUNDS, read, 0.95),
    await compare(reseal, 'sweep', SWEEP_ROUNDS, async () => (await hub.sweep(A_SWEEP)).perSecond, 0.9),
  ];
  await reseal.end();
  await load.stop();
  await hub.stop();
  await bank.stop();
  return bars;
}

const bearer = { authorization: `Bearer ${API_KEY}` };

/** The hub seals anew while it holds the lease, and stops while another process, which is the benchmark, has it. */
class Reseal {
  private workedMs = 0;
  private runsSince: number | null = null;

  constructor(private readonly hub: HubLine) {}

  /** @returns the paths of tokens */
  async prepare(): Promise<string[]> {
    const client = { name: 'service', permissions: ['tokens:read', 'admin'], key: API_KEY } as const;
    await seedApiClient(this.hub.database.client, client);
    const ids = await this.query<{ id: string }>(`SELECT id FROM hub.consent LIMIT $1`, [READ_CONSENTS]);
    return ids.map(({ id }) => `/v1/consents/${id}/access-token`);
  }

  async begin(): Promise<void> {
    await this.call('POST', '/rotate');
    while ((await this.query(`SELECT FROM hub.vault_key WHERE state = 'current'`)).length === 0)
      await delay(POLL_MS);
    await this.pause();
    await this.call('POST', '/reseal');
    await this.pause();
  }

  async pause(): Promise<void> {
    await this.query(
      `UPDATE hub.vault_key SET reseal_owner = 'bench', reseal_lease_ends_at = now() + interval '1 hour' WHERE state = 'current'`,
    );
    await delay(A_TURN_MS);
    if (this.runsSince !== null) this.workedMs += performance.now() - this.runsSince;
    this.runsSince = null;
  }

  async resume(): Promise<void> {
    await this.query(`UPDATE hub.vault_key SET reseal_lease_ends_at = now() WHERE state = 'current'`);
    this.runsSince ??= performance.now();
    await delay(A_TURN_MS);
  }

  async resealed(): Promise<number> {
    return (await this.progress()).resealed;
  }

  async end(): Promise<void> {
    await this.resume();
    for (;;) {
      const { state, resealed, failed } = await this.progress();
      if (state === 'ended') {
        await this.pause();
        if (failed > 0) throw new Error(`${failed} values were not sealed anew`);
        console.log(
          `${resealed * VALUES_A_PAIR} values sealed anew in ${(this.workedMs / 1_000).toFixed(0)} s of work`,
        );
        return;
      }
      await delay(POLL_MS);
    }
  }

  private async progress(): Promise<NonNullable<KeyList['reseal']>> {
    const { reseal } = await this.call<KeyList>('GET', '');
    if (!reseal) throw new Error('nothing is sealed anew');
    return reseal;
  }

  private async call<T>(method: 'GET' | 'POST', path: string): Promise<T> {
    const answer = await fetch(`${this.hub.url}/v1/vault-keys${path}`, { method, headers: bearer });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  private async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.hub.database.client.query(text, [...values]);
    return rows as Row[];
  }
}

/** A rate while values are sealed anew, of the rate without; both take turns. */
async function compare(
  reseal: Reseal,
  what: string,
  rounds: number,
  rate: () => Promise<number>,
  floor: number,
): Promise<Bar> {
  await rate();
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    // The second one may find a busier machine: they take turns.
    const isFirst = round % 2 === 0;
    const before = isFirst ? await rate() : 0;
    await reseal.resume();
    const done = await reseal.resealed();
    const during = await rate();
    const resealed = (await reseal.resealed()) - done;
    await reseal.pause();
    const without = isFirst ? before : await rate();
    // One that had nothing left to do would be no comparison.
    if (resealed === 0) throw new Error('nothing was sealed anew: more consents are needed');
    ratios.push(during / without);
    console.log(
      `round ${round}: ${what} ${Math.round(without)}/s, while ${resealed * VALUES_A_PAIR} values are sealed anew ${Math.round(during)}/s`,
    );
  }
  return { title: `${what} while values are sealed anew: of without`, ratio: median(ratios), floor, aim: 1 };
}
