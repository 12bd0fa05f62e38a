import { setTimeout as delay } from 'node:timers/promises';
import { figure, report, WITHIN_MS } from '../support/chaos/figures.js';
import type { ChaosHub } from '../support/chaos/hub.js';
import { ChaosStack } from '../support/chaos/stack.js';

jest.setTimeout(WITHIN_MS);

interface Key {
  readonly id: string;
  readonly state: string;
  readonly uses?: Readonly<Record<string, number>>;
}

interface Keys {
  readonly items: readonly Key[];
  readonly reseal: { readonly state: string; readonly resealed: number; readonly failed: number } | null;
}

/** Values, of which a pair has two: slow enough for all kills to come before the end. */
const RESEALED_PER_SECOND = figure(80, 200);
/** Hubs refuse thousands of reads at once. */
const READ_AT_ONCE = 50;

describe('sealing values anew at two replicas', () => {
  let stack: ChaosStack;
  beforeAll(async () => {
    // Nothing is refreshed during the test: a token that is read later is the same one.
    const hubEnv = { VAULT_RESEAL_PER_SECOND: String(RESEALED_PER_SECOND), REFRESH_SWEEP_SECONDS: '3600' };
    stack = await ChaosStack.start({ replicas: 2, hubEnv });
  });
  afterAll(() => stack.close());

  const keysOf = async (hub: ChaosHub, uses = false): Promise<Keys> =>
    (await hub.call<Keys>('GET', `/v1/vault-keys?uses=${uses}`)).body;

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(100);
  }

  /** The process that holds the lease; null when it is none of those that run. */
  async function resealer(): Promise<ChaosHub | null> {
    const [row] = await stack.hubDatabase.query<{ owner: string | null }>(
      `SELECT reseal_owner AS owner FROM hub.vault_key WHERE state = 'current' AND reseal_lease_ends_at > now()`,
    );
    return [stack.hub(0), stack.hub(1)].find(({ name }) => row?.owner?.startsWith(name)) ?? null;
  }

  it('continues after each kill -9 of the process that does it, and fails no read', async () => {
    const kills = figure(2, 10);
    const consents = await stack.given(figure(600, 8_000));
    const tokenOf = async (hub: ChaosHub, n: number) => {
      const id = consents[n % consents.length]?.id ?? '';
      const { status, body } = await hub.call('GET', `/v1/consents/${id}/access-token`);
      return status === 200 ? body['access_token'] : status;
    };
    const allTokens = async () => {
      const tokens: unknown[] = [];
      for (let from = 0; from < consents.length; from += READ_AT_ONCE) {
        const some = consents.slice(from, from + READ_AT_ONCE);
        tokens.push(...(await Promise.all(some.map((_, n) => tokenOf(stack.hub(n % 2), from + n)))));
      }
      return tokens;
    };
    const before = await allTokens();
    expect(before.filter((token) => typeof token !== 'string')).toEqual([]);
    const rotated = (await stack.hub(0).call<Key>('POST', '/v1/vault-keys/rotate')).body.id;
    await until(async () =>
      (await keysOf(stack.hub(1))).items.some(({ id, state }) => id === rotated && state === 'current'),
    );

    let survivor = stack.hub(1);
    const reader = { isOver: false };
    let reads = 0;
    const failed: unknown[] = [];
    const reading = (async () => {
      for (; !reader.isOver; reads++) {
        const token = await tokenOf(survivor, reads);
        if (token !== before[reads % before.length]) failed.push(token);
      }
    })();
    await survivor.call('POST', '/v1/vault-keys/reseal');
    for (let killed = 0; killed < kills; killed++) {
      const resealed = (await keysOf(survivor)).reseal?.resealed ?? 0;
      await until(async () => ((await keysOf(survivor)).reseal?.resealed ?? 0) > resealed);
      let victim: ChaosHub | null = null;
      await until(async () => (victim = await resealer()) !== null);
      const dying = victim as unknown as ChaosHub;
      survivor = dying === stack.hub(0) ? stack.hub(1) : stack.hub(0);
      // A read that is under way at the other one ends there.
      await delay(200);
      await dying.kill();
      await dying.start();
    }
    await until(async () => (await keysOf(survivor)).reseal?.state === 'ended');
    reader.isOver = true;
    await reading;

    const after = await allTokens();
    const { items, reseal } = await keysOf(survivor, true);
    const left = items.find(({ state, id }) => state === 'former' && id !== rotated)?.uses ?? {};
    report('values sealed anew, 2 replicas', { kills, reads, failedReads: failed.length, ...reseal });
    expect(failed.slice(0, 5)).toEqual([]);
    expect(reads).toBeGreaterThan(50);
    expect(after).toEqual(before);
    expect(reseal).toMatchObject({ state: 'ended', failed: 0 });
    expect(items.find(({ id }) => id === rotated)?.uses?.['token_pairs']).toBeGreaterThanOrEqual(
      consents.length,
    );
    expect(left['token_pairs']).toBeUndefined();
  });
});
