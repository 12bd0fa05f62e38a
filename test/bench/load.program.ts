import { Pool } from 'undici';
import { answering } from './child.js';
import { median } from './statistics.js';

// Sends GET requests over so many kept-alive connections, each its next one when the last is answered. The same for the
// product and its reference, in a process of its own.
interface Target {
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}
const targets = new Map<string, Target>();

async function run(origin: string, connections: number, requests: number): Promise<object> {
  const target = targets.get(origin);
  if (!target) throw new Error('nothing is known of this target');
  const { paths, headers } = target;
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const milliseconds: number[] = [];
  let left = requests;
  const line = async () => {
    while (left-- > 0) {
      const path = paths[Math.floor(Math.random() * paths.length)] ?? '/';
      const since = performance.now();
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      const answer = await body.text();
      milliseconds.push(performance.now() - since);
      if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: ${answer}`);
    }
  };
  const since = performance.now();
  await Promise.all(Array.from({ length: connections }, line));
  const seconds = (performance.now() - since) / 1000;
  await pool.close();
  return { perSecond: requests / seconds, p50: median(milliseconds) };
}

answering(async ({ origin, paths, headers, connections, requests }) => {
  if (typeof requests === 'number') return run(String(origin), Number(connections), requests);
  if (paths !== undefined) targets.set(String(origin), { paths, headers } as Target);
  return {};
});
