import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Child } from './child.js';
import { measureDatabaseCpu, type BenchDatabase } from './database.js';
import { HubLine } from './hub-line.js';
import { seedApiClient } from './seed.js';
import { median, type Bar } from './statistics.js';

const ROUNDS = 5;
const CONSENTS = 20_000;
const MANY: Load = { connections: 64, requests: 20_000 };
const ONE: Load = { connections: 1, requests: 4_000 };
/** Shorter, and more often: what is compared differs little. */
const TRACED: Load = { connections: 64, requests: 10_000 };
const TRACED_ROUNDS = 12;
const API_KEY = `ch_${'b'.repeat(43)}`;
/** Nothing is due in this benchmark, so the hub has nothing to ask a bank for. */
const NO_BANK_PORT = 9;

/** A line in the log for each request, a search for due refreshes every five seconds. */
const AS_IN_PRODUCTION = { HUB_LOG_LEVEL: 'info', REFRESH_SWEEP_SECONDS: '5', HUB_RATE_LIMIT: '1000000' };

interface Load {
  readonly connections: number;
  readonly requests: number;
}

interface Measured {
  readonly perSecond: number;
  /** Median of the time from the sending of a request to its whole answer, milliseconds. */
  readonly p50: number;
  /** CPU time for each request, microseconds. */
  readonly node: number;
  readonly postgres: number;
}

/** One of the two that are compared. */
interface Line {
  readonly origin: string;
  cpuMicroseconds(): number;
}

/** The hottest path of the hub, compared with a minimal program that reads a row for each request. */
export async function accessTokenBench(certificates: DevelopmentCertificates): Promise<Bar[]> {
  const bank = { port: NO_BANK_PORT, certificates };
  const hub = await HubLine.start(CONSENTS, bank, AS_IN_PRODUCTION);
  const { database } = hub;
  const ids = await prepare(database);
  const raw = await Child.start('./raw-select.program.ts', { databaseUrl: database.url });
  const { url } = await raw.ask<{ url: string }>({});
  const load = await Child.start('./load.program.ts', {});
  await load.ask({ origin: url, paths: ids.map((id) => `/${id}`), headers: {} });
  const aimAt = (origin: string) =>
    load.ask({
      origin,
      paths: ids.map((id) => `/v1/consents/${id}/access-token`),
      headers: { authorization: `Bearer ${API_KEY}` },
    });
  await aimAt(hub.url);
  const lines: Record<'raw' | 'hub', Line> = {
    raw: { origin: url, cpuMicroseconds: () => raw.cpuMicroseconds() },
    hub: { origin: hub.url, cpuMicroseconds: () => hub.cpuMicroseconds() },
  };
  const run = (line: Line, order: Load) => measure(database, load, line, order);
  const bars = await compare(lines, run);
  await raw.stop();
  const collector = await Child.start('./collector.program.ts', {});
  const { url: traces } = await collector.ask<{ url: string }>({});
  const tracedHub = await HubLine.startOn(database, bank, AS_IN_PRODUCTION, traces);
  await aimAt(tracedHub.url);
  const traced: Line = { origin: tracedHub.url, cpuMicroseconds: () => tracedHub.cpuMicroseconds() };
  bars.push(await compareTraced(lines.hub, traced, run));
  await tracedHub.leave();
  const { mebibytes, hasSpans } = await collector.ask<{ mebibytes: number; hasSpans: boolean }>({});
  console.log(`${Math.round(mebibytes)} MiB of spans came to the collector`);
  if (!hasSpans) throw new Error('nothing was traced');
  await collector.stop();
  await load.stop();
  await hub.stop();
  return bars;
}

/** Lets a service in that may read the tokens, and gives the consents that it asks for. */
async function prepare({ client }: BenchDatabase): Promise<string[]> {
  await seedApiClient(client, { name: 'service', permissions: ['tokens:read'], key: API_KEY });
  const { rows } = await client.query<{ id: string }>('SELECT id FROM hub.consent');
  return rows.map(({ id }) => id);
}

async function measure({ client }: BenchDatabase, load: Child, line: Line, order: Load): Promise<Measured> {
  const postgres = await measureDatabaseCpu(client);
  const node = line.cpuMicroseconds();
  const answer = await load.ask<{ perSecond: number; p50: number }>({ origin: line.origin, ...order });
  return {
    ...answer,
    node: (line.cpuMicroseconds() - node) / order.requests,
    postgres: (await postgres()) / order.requests,
  };
}

async function compare(
  { raw, hub }: Record<'raw' | 'hub', Line>,
  run: (line: Line, load: Load) => Promise<Measured>,
): Promise<Bar[]> {
  // Twice each unmeasured: connections are opened, plans made, code compiled.
  for (const line of [raw, hub, raw, hub]) await run(line, MANY);
  const rates: number[] = [];
  const waits: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const [rawMany, hubMany] = [await run(raw, MANY), await run(hub, MANY)];
    const [rawOne, hubOne] = [await run(raw, ONE), await run(hub, ONE)];
    rates.push(hubMany.perSecond / rawMany.perSecond);
    waits.push(rawOne.p50 / hubOne.p50);
    console.log(
      `round ${round}: ${MANY.connections} connections: raw select ${summary(rawMany)}, hub ${summary(hubMany)}; ` +
        `one connection: p50 raw select ${rawOne.p50.toFixed(2)} ms, hub ${hubOne.p50.toFixed(2)} ms`,
    );
  }
  return [
    { title: 'token read: of raw Fastify and one select', ratio: median(rates), floor: 0.8, aim: 1.25 },
    {
      title: 'token read over one connection: p50 of raw Fastify to the hub’s',
      ratio: median(waits),
      floor: 1 / 1.5,
      aim: 1 / 1.1,
    },
  ];
}

/** The same hub compared with one whose every read is traced and exported. */
async function compareTraced(
  plain: Line,
  traced: Line,
  run: (line: Line, load: Load) => Promise<Measured>,
): Promise<Bar> {
  for (const line of [traced, plain, traced, plain]) await run(line, TRACED);
  const rates: number[] = [];
  for (let round = 1; round <= TRACED_ROUNDS; round++) {
    // The second one may find a busier machine: they take turns.
    const [first, second] = round % 2 === 0 ? [plain, traced] : [traced, plain];
    const [one, other] = [await run(first, TRACED), await run(second, TRACED)];
    const [off, on] = round % 2 === 0 ? [one, other] : [other, one];
    rates.push(on.perSecond / off.perSecond);
    console.log(`round ${round}: not traced ${summary(off)}, traced ${summary(on)}`);
  }
  return { title: 'token read: all traced, of none traced', ratio: median(rates), floor: 0.95, aim: 0.97 };
}

const summary = ({ perSecond, node, postgres }: Measured): string =>
  `${Math.round(perSecond)}/s (${Math.round(node)} µs CPU in Node, ${Math.round(postgres)} in Postgres)`;
