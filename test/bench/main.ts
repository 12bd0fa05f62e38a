import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { accessTokenBench } from './access-token.bench.js';
import { eventsBench } from './events.bench.js';
import { consoleBench } from './console.bench.js';
import { refreshBench } from './refresh.bench.js';
import { resealBench } from './reseal.bench.js';
import { searchBench } from './search.bench.js';
import { barLine, type Bar } from './statistics.js';

// npm run bench: ratios of the product to its reference lines, from one interleaved run. Absolutes are this machine's.
const BENCHES: Readonly<Record<string, typeof refreshBench>> = {
  refresh: refreshBench,
  'access-token': accessTokenBench,
  search: searchBench,
  events: eventsBench,
  console: consoleBench,
  reseal: resealBench,
};

const wanted = process.argv.slice(2);
const chosen = Object.entries(BENCHES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) throw new Error(`There are the benchmarks ${Object.keys(BENCHES).join(', ')}`);

const directory = await mkdtemp(join(tmpdir(), 'consent-hub-bench-'));
const certificates = await ensureDevelopmentCertificates(directory);
const bars: Bar[] = [];
for (const [name, bench] of chosen) {
  console.log(`== ${name}`);
  bars.push(...(await bench(certificates)));
}
await rm(directory, { recursive: true });
console.log('\n== ratios');
for (const bar of bars) console.log(barLine(bar));
process.exitCode = bars.some(({ ratio, floor }) => ratio < floor) ? 1 : 0;
