import { WITHIN_MS } from '../../support/chaos/figures.js';
import { PgBouncer } from '../../support/chaos/pgbouncer.js';
import { ChaosPostgres } from '../../support/chaos/postgres.js';
import {
  allRefresh,
  LONGEST_PAUSE_MS,
  refreshes,
  UNHARMED,
  judgementOf,
  withStack,
} from '../../support/chaos/scenario.js';
import type { SeededConsent } from '../../support/chaos/seed.js';
import type { ChaosStack } from '../../support/chaos/stack.js';

jest.setTimeout(WITHIN_MS);

const REPLICAS = 2;
const CONSENTS = 200;
const SETTLE_MS = LONGEST_PAUSE_MS + 120_000;
const DOWN_MS = 3_000;
const ROUNDS = 3;

interface Parts {
  readonly stack: ChaosStack;
  readonly postgres: ChaosPostgres;
  readonly bouncer: PgBouncer;
}

/** Runs a case with hubs whose connections, many more than a handful, share a handful to the server. */
async function withPooler(run: (parts: Parts) => Promise<void>): Promise<void> {
  const postgres = await ChaosPostgres.start();
  try {
    const bouncer = await PgBouncer.start(postgres.url);
    try {
      const hubEnv = { DATABASE_URL: bouncer.url, DATABASE_POOLER: 'transaction' };
      const options = { replicas: REPLICAS, databaseUrl: postgres.url, hubEnv };
      await withStack(options, (stack) => run({ stack, postgres, bouncer }));
    } finally {
      await bouncer.close();
    }
  } finally {
    await postgres.close();
  }
}

const FAULTS: Readonly<Record<string, (parts: Parts) => Promise<void>>> = {
  'the pooler is killed': ({ bouncer }) => bouncer.restart(),
  'the server behind it crashes': ({ postgres }) => postgres.crash(DOWN_MS),
  'the next server behind it has forgotten the last commits': ({ postgres }) => postgres.failOver(),
};

describe('replicas behind PgBouncer in transaction mode', () => {
  it('open, exchange, refresh, hand out and revoke', async () => {
    await withPooler(async ({ stack }) => {
      const { id, callback } = await stack.opened('banx');
      expect((await fetch(callback, { redirect: 'manual' })).status).toBe(200);
      const call = (method: string, path = '') => stack.hub(1).call(method, `/v1/consents/${id}${path}`);
      expect(await call('POST', '/refresh')).toMatchObject({ status: 200, body: { generation: 2 } });
      expect(await call('GET', '/access-token')).toMatchObject({ status: 200, body: { generation: 2 } });
      expect(await call('POST', '/revoke')).toMatchObject({ status: 200, body: { state: 'revoked' } });
      expect(await call('GET', '/access-token')).toMatchObject({ status: 409 });
    });
  });

  it.each(Object.keys(FAULTS))('spend no pair twice and lose none when %s', async (name) => {
    await withPooler(async (parts) => {
      const { stack, postgres } = parts;
      const consents = await stack.given(CONSENTS);
      for (let round = 0; round < ROUNDS; round++) {
        await refreshesBeyondCopy(stack, postgres, consents);
        await FAULTS[name]?.(parts);
        await stack.makeDue(consents);
        await stack.settles(consents, SETTLE_MS);
      }
      const title = `PgBouncer: ${name}`;
      const judgement = await judgementOf(stack, consents, { title, rounds: ROUNDS, withinMs: SETTLE_MS });
      expect(judgement).toMatchObject(UNHARMED);
      await allRefresh(stack, consents);
    });
  });
});

/** A sweep is under way, and the copy of the server does not know its first half. */
async function refreshesBeyondCopy(
  stack: ChaosStack,
  postgres: ChaosPostgres,
  consents: readonly SeededConsent[],
): Promise<void> {
  await stack.makeDue(consents, 8);
  await postgres.copy();
  await refreshes(stack, CONSENTS / 2, SETTLE_MS);
}
