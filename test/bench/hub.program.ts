import { DueRefreshes } from '@consent-hub/token-grant';
import { startHub, type RunningHub } from '../../apps/consent-hub/src/bootstrap.js';
import { answering } from './child.js';

// The product as it is deployed: one process with its scheduled job.
let hub: RunningHub | undefined;

/** Milliseconds of one claim of so many due consents, whose refreshes are not run. */
async function timeClaim(limit: number): Promise<number> {
  const due = hub?.app.get(DueRefreshes, { strict: false });
  const since = performance.now();
  const claimed = await due?.claim('belfius', limit);
  if (claimed?.length !== limit) throw new Error('Too few consents are due');
  return performance.now() - since;
}

answering(async ({ env, claim }) => {
  if (typeof claim === 'number') return { milliseconds: await timeClaim(claim) };
  hub ??= await startHub(env as NodeJS.ProcessEnv);
  return { url: hub.url };
});
