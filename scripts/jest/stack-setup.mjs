import { buildApps } from '../lib/build.mjs';
import { ensureHaproxy } from '../lib/haproxy.mjs';

/** Both apps as they are run in production, and the proxy of docker-compose.yml where it can be had. */
export default async function setUpStack() {
  await buildApps();
  await ensureHaproxy();
}
