// npm run advisories: what npm audit finds in the dependencies, against what docs/advisories.json explains. Part of npm test.
import { checkAdvisories } from './lib/advisories.mjs';
import { describeError } from './lib/failure.mjs';

await checkAdvisories().catch((error) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
