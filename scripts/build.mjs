// npm run build: both apps into dist, unless they are there.
import { buildApps } from './lib/build.mjs';
import { describeError } from './lib/failure.mjs';

await buildApps().catch((error) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
