import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@consent-hub/platform';
import { figure } from '../support/chaos/figures.js';
import { ChaosDatabase } from '../support/chaos/database.js';
import {
  allRefresh,
  LONGEST_PAUSE_MS,
  scenario,
  SCENARIO_WITHIN_MS,
  UNHARMED,
  judgementOf,
  withStack,
} from '../support/chaos/scenario.js';
import type { SeededConsent } from '../support/chaos/seed.js';
import type { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

jest.setTimeout(SCENARIO_WITHIN_MS);

const NOTICE_MS = 30_000;
const SETTLE_MS = LONGEST_PAUSE_MS + figure(60_000, 120_000);
/** More than a hub has connections: each of them is asked. */
const READS = 60;

describe('replicas whose way to the database leads to a standby for a moment', () => {
  scenario(
    'are not ready at that time, leave it when they can, and accept no API key that was revoked',
    async () => {
      await withStack({ replicas: figure(2, 3), ownPostgres: true, proxied: true }, async (stack) => {
        const consents = await stack.given(figure(40, 200));
        const rounds = figure(1, 5);
        const standby = new ChaosDatabase(await stack.postgres.standBy('asynchronous'));
        try {
          for (let round = 0; round < rounds; round++) {
            const client = await newClient(stack);
            await until('the standby knows the key', async () => knows(standby, client.id), NOTICE_MS);
            // What happens from now on is not known there.
            await standby.query(`SELECT pg_wal_replay_pause()`);
            await leadTo(stack, standby.url);
            await stack.makeDue(consents);
            await allAre('not ready', stack, false);
            await stack.hubDatabase.query(`UPDATE hub.api_client SET revoked_at = now() WHERE id = $1`, [
              client.id,
            ]);
            leadBack(stack);
            await allAre('ready', stack, true);
            await until(
              'no hub is connected to the standby',
              async () => (await hubsAt(standby)) === 0,
              NOTICE_MS,
            );
            expect(await accepted(stack, consents, client.key)).toBe(0);
            await standby.query(`SELECT pg_wal_replay_resume()`);
            await stack.settles(consents, SETTLE_MS);
          }
        } finally {
          await standby.close();
        }
        const title = 'the way to the database leads to a standby';
        const judgement = await judgementOf(stack, consents, { title, rounds, withinMs: SETTLE_MS });
        expect(judgement).toMatchObject(UNHARMED);
        await allRefresh(stack, consents);
      });
    },
  );
});

interface Client {
  readonly id: string;
  readonly key: string;
}

async function newClient(stack: ChaosStack): Promise<Client> {
  const client = { id: newId(), key: `ch_${randomBytes(32).toString('base64url')}` };
  await stack.hubDatabase.query(
    `WITH client AS (
       INSERT INTO hub.api_client (id, name, permissions) VALUES ($1, $2, '{admin,tokens:read}') RETURNING id
     )
     INSERT INTO hub.api_client_key (id, api_client_id, key_hash) SELECT $3, id, $4 FROM client`,
    [client.id, `chaos-${client.id}`, newId(), createHash('sha256').update(client.key).digest()],
  );
  return client;
}

const knows = async (database: ChaosDatabase, id: string): Promise<boolean> =>
  (await database.query(`SELECT FROM hub.api_client WHERE id = $1`, [id])).length === 1;

/** How many of many requests with that key are served, on both ways on which a hub looks a key up. */
async function accepted(stack: ChaosStack, consents: readonly SeededConsent[], key: string): Promise<number> {
  const paths = consents
    .slice(0, READS)
    .map(({ id }, n) => `/v1/consents/${id}${n % 2 ? '/access-token' : ''}`);
  const answers = await Promise.all(
    stack.hubs.flatMap(({ url }) =>
      paths.map((path) => fetch(url + path, { headers: { authorization: `Bearer ${key}` } })),
    ),
  );
  return answers.filter(({ status }) => status !== 401).length;
}

async function leadTo(stack: ChaosStack, url: string): Promise<void> {
  // Connections to it exist before a hub could have noticed.
  for (const { databaseProxy } of stack.hubs) {
    databaseProxy.retarget(Number(new URL(url).port));
    databaseProxy.reset();
  }
  await Promise.all(stack.hubs.map((hub) => hub.call('GET', '/v1/consents')));
}

/** New connections; the ones that lead to the standby stay as they are. */
function leadBack(stack: ChaosStack): void {
  const port = Number(new URL(stack.hubDatabase.url).port);
  for (const { databaseProxy } of stack.hubs) databaseProxy.retarget(port);
}

const allAre = (what: string, stack: ChaosStack, ready: boolean): Promise<void> =>
  until(
    `all hubs are ${what}`,
    async () => (await Promise.all(stack.hubs.map((hub) => hub.isReady()))).every((is) => is === ready),
    NOTICE_MS,
  );

async function hubsAt(database: ChaosDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name <> 'consent-hub-chaos'`,
  );
  return row?.count ?? 0;
}
