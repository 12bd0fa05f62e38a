import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Client } from 'pg';
import { Child } from './child.js';
import { openBenchDatabase, type BenchDatabase } from './database.js';
import { HubLine, IN_FLIGHT } from './hub-line.js';
import { createReferenceTable, makeReferenceDue } from './reference-table.js';
import { makeDue } from './seed.js';
import { median, type Bar } from './statistics.js';

const ROUNDS = 5;
const SMALL = 10_000;
const LARGE = 1_000_000;
const A_SWEEP = 10_000;
const A_LONG_SWEEP = 30_000;
/** Calls of the obvious loop in one round. */
const LOOPED = 200;
const SNAPSHOT_SECONDS = 8;

interface Lines {
  readonly bank: Child;
  readonly bankPort: number;
  readonly calls: Child;
  readonly sql: Child;
  readonly loop: Child;
  readonly reference: BenchDatabase;
}

const rate = async (line: Child, order: Record<string, number>): Promise<number> =>
  (await line.ask<{ perSecond: number }>(order)).perSecond;

/** The scheduled refresh through the real path, compared with the least that its parts cost. */
export async function refreshBench(certificates: DevelopmentCertificates): Promise<Bar[]> {
  const lines = await openLines(certificates);
  const bank = { port: lines.bankPort, certificates };
  const hub = await HubLine.start(A_LONG_SWEEP, bank);
  const bars = await comparedWithReferences(lines, hub);
  await hub.stop();
  await lines.bank.ask({ delay: 0 });
  const small = await HubLine.start(SMALL, bank);
  const large = await HubLine.start(LARGE, bank);
  bars.push(await flatness(small, large), await heldSnapshot(large));
  await Promise.all([small.stop(), large.stop()]);
  bars.push(await claims(bank));
  await Promise.all([lines.bank, lines.calls, lines.sql, lines.loop].map((line) => line.stop()));
  await lines.reference.drop();
  return bars;
}

async function openLines(certificates: DevelopmentCertificates): Promise<Lines> {
  const bank = await Child.start('./bank.program.ts', { certificates });
  const { port: bankPort } = await bank.ask<{ port: number }>({});
  const reference = await openBenchDatabase();
  await createReferenceTable(reference.client, A_LONG_SWEEP + LOOPED);
  const databaseUrl = reference.url;
  return {
    bank,
    bankPort,
    calls: await Child.start('./bank-calls-only.program.ts', {
      port: bankPort,
      certificates,
      inFlight: IN_FLIGHT,
    }),
    sql: await Child.start('./sql-only.program.ts', { databaseUrl }),
    loop: await Child.start('./obvious-loop.program.ts', { databaseUrl, port: bankPort, certificates }),
    reference,
  };
}

async function comparedWithReferences(lines: Lines, hub: HubLine): Promise<Bar[]> {
  const { bank, calls, sql, loop, reference } = lines;
  // One of each unmeasured: connections are opened, plans made, code compiled.
  await calls.ask({ calls: A_LONG_SWEEP, inFlight: IN_FLIGHT });
  await hub.sweep(A_LONG_SWEEP);
  const slow: number[] = [];
  const quick: number[] = [];
  const obvious: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await bank.ask({ delay: 100 });
    const callsSlow = await rate(calls, { calls: A_LONG_SWEEP, inFlight: IN_FLIGHT });
    const hubSlow = await hub.sweep(A_LONG_SWEEP);
    slow.push(hubSlow.perSecond / callsSlow);
    await bank.ask({ delay: 0 });
    await makeReferenceDue(reference.client);
    const sqlOnly = await rate(sql, { calls: A_LONG_SWEEP });
    const hubQuick = await hub.sweep(A_LONG_SWEEP);
    quick.push(hubQuick.perSecond / sqlOnly);
    const looped = await rate(loop, { calls: LOOPED });
    obvious.push(hubQuick.perSecond / looped);
    console.log(
      `round ${round}: bank of 100 ms: calls only ${perSecond(callsSlow)}, hub ${perSecond(hubSlow.perSecond)} (${cpu(hubSlow)}); ` +
        `bank of 0 ms: SQL only ${perSecond(sqlOnly)}, hub ${perSecond(hubQuick.perSecond)} (${cpu(hubQuick)}), obvious loop ${perSecond(looped)}`,
    );
  }
  return [
    {
      title: `bank of 100 ms, ${IN_FLIGHT} in flight: of bank calls only`,
      ratio: median(slow),
      floor: 0.75,
      aim: 0.9,
    },
    { title: 'bank of 0 ms: of SQL only', ratio: median(quick), floor: 0.2, aim: 0.33 },
    { title: 'bank of 0 ms: times the obvious loop', ratio: median(obvious), floor: 40, aim: 40 },
  ];
}

async function flatness(small: HubLine, large: HubLine): Promise<Bar> {
  await small.sweep(A_SWEEP);
  await large.sweep(A_SWEEP);
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const [few, many] = [await small.sweep(A_SWEEP), await large.sweep(A_SWEEP)];
    console.log(
      `round ${round}: hub at 10^4 ${perSecond(few.perSecond)}, at 10^6 ${perSecond(many.perSecond)}`,
    );
    ratios.push(many.perSecond / few.perSecond);
  }
  return { title: 'sweep at 10^6 consents: of that at 10^4', ratio: median(ratios), floor: 0.5, aim: 0.65 };
}

async function heldSnapshot(hub: HubLine): Promise<Bar> {
  const free = await hub.sweep(A_LONG_SWEEP);
  const reader = new Client({ connectionString: hub.database.url });
  await reader.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT count(*) FROM hub.api_client');
  const released = reader.query(`SELECT pg_sleep(${SNAPSHOT_SECONDS})`).then(() => reader.end());
  const held = await hub.sweep(A_LONG_SWEEP);
  await released;
  console.log(
    `free ${perSecond(free.perSecond)}, with a snapshot of ${SNAPSHOT_SECONDS} s ${perSecond(held.perSecond)}`,
  );
  const ratio = held.perSecond / free.perSecond;
  return {
    title: `sweep with a snapshot held for ${SNAPSHOT_SECONDS} s: of the free rate`,
    ratio,
    floor: 0.4,
    aim: 0.6,
  };
}

/** The bar is a time: 5 ms for a claim of 100, aimed at 1; the ratio is how many times a claim goes into them. */
async function claims(bank: { port: number; certificates: DevelopmentCertificates }): Promise<Bar> {
  const hub = await HubLine.start(LARGE, bank, { REFRESH_SWEEP_SECONDS: '3600' });
  const due = await makeDue(hub.database.client, A_SWEEP);
  await hub.database.client.query(`SELECT pg_sleep_until($1::timestamptz + interval '100 milliseconds')`, [
    due,
  ]);
  const times: number[] = [];
  for (let claim = 0; claim < 30; claim++) times.push(await hub.timeClaim(100));
  await hub.stop();
  const milliseconds = median(times.slice(5));
  console.log(`claim of 100 at 10^6: ${milliseconds.toFixed(2)} ms`);
  return { title: 'claims of 100 at 10^6 in 5 ms', ratio: 5 / milliseconds, floor: 1, aim: 5 };
}

const perSecond = (value: number): string => `${Math.round(value)}/s`;
const cpu = ({ cpuMicroseconds }: { cpuMicroseconds: number }): string =>
  `${Math.round(cpuMicroseconds)} µs CPU each`;
