import { DataSource } from 'typeorm';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { ConsoleVisitor } from '../../apps/consent-hub/testing/console.harness.js';
import { isGrowing, pagesOf, type TourGuide } from '../support/console-tour.js';
import { costsOf, StatementRecorder, type StatementCost } from '../support/statement-recorder.js';
import { fillConsole } from './console-seed.js';
import { median, type Bar } from './statistics.js';

const CONSENTS = Number(process.env['BENCH_CONSENTS'] ?? 1_000_000);
const MOST_MS = 300;
const READS = 7;
const WARMING_ROUNDS = 3;
/** What the hub has read for all who look is older than that when a page is measured as the first of them sees it. */
const STALE_MS = 5_500;

interface Timing {
  readonly name: string;
  /** Nothing is kept from before. */
  readonly first: number;
  readonly usual: number;
  readonly bytes: number;
}

/** What the pages of the console cost at 10^6 consents: the whole HTML, on this machine; and that no table is read whole. */
export async function consoleBench(): Promise<Bar[]> {
  // The bank is asked for its sandbox's page, and does not answer.
  const admin = await AdminHub.start({ HUB_SANDBOX_URL: 'http://127.0.0.1:1' });
  const guide = await fillConsole(admin, CONSENTS);
  const visitor = await ConsoleVisitor.signIn(admin, ['viewer', 'operator', 'security'], 'olga');
  const timings = await timePages(visitor, guide);
  const costs = await explainPages(admin, visitor, guide);
  await admin.close();
  for (const { name, first, usual, bytes } of timings)
    console.log(
      `${name.padEnd(32)} first ${first.toFixed(0).padStart(5)} ms  usual ${usual.toFixed(0).padStart(5)} ms  ${String(Math.round(bytes / 1024)).padStart(4)} KiB`,
    );
  const scanned = costs.filter(({ scanned: tables }) => tables.some(isGrowing));
  for (const { text, scanned: tables } of scanned)
    console.log(`reads all of ${tables.join(', ')}: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`);
  return [
    bar(
      'console at 10^6 consents: 300 ms to the slowest page',
      MOST_MS / Math.max(...timings.map(({ usual }) => usual)),
    ),
    bar('console at 10^6 consents: statements that read no table whole', 1 - scanned.length / costs.length),
  ];
}

const bar = (title: string, ratio: number): Bar => ({ title, ratio, floor: 1, aim: 1 });

async function timePages(visitor: ConsoleVisitor, guide: TourGuide): Promise<Timing[]> {
  const timings: Timing[] = [];
  const tour = Object.entries(pagesOf(guide));
  // Compiles the pages and fills the cache of the database: what is read from the disk may take longer than a hub waits.
  for (let round = 0; round < WARMING_ROUNDS; round++) for (const [, path] of tour) await visitor.get(path);
  for (const [name, path] of tour) {
    if (!path.includes('/consents')) await new Promise((resolve) => setTimeout(resolve, STALE_MS));
    const first = await timed(visitor, path);
    const others: number[] = [];
    for (let read = 0; read < READS; read++) others.push((await timed(visitor, path)).milliseconds);
    timings.push({ name, first: first.milliseconds, usual: median(others), bytes: first.bytes });
  }
  return timings;
}

async function timed(visitor: ConsoleVisitor, path: string) {
  const since = performance.now();
  const { status, body } = await visitor.get(path);
  const milliseconds = performance.now() - since;
  if (status !== 200 && status !== 303) throw new Error(`${path} answered ${status}: ${body.slice(-400)}`);
  return { milliseconds, bytes: body.length };
}

async function explainPages(
  admin: AdminHub,
  visitor: ConsoleVisitor,
  guide: TourGuide,
): Promise<StatementCost[]> {
  const recorder = new StatementRecorder(admin.hub.app.get(DataSource));
  await new Promise((resolve) => setTimeout(resolve, STALE_MS));
  for (const path of Object.values(pagesOf(guide))) await visitor.get(path);
  recorder.stop();
  return costsOf(admin.dataSource, recorder.statements, false);
}
