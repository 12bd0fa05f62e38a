import { EventLoopLoad } from '@consent-hub/platform';
import { headOf, VaultKeyRepository, VaultKeys } from '@consent-hub/token-vault';
import { TokenGrantSettings } from '@consent-hub/token-grant';
import type { RunningHub } from '../bootstrap.js';
import { VaultSettings } from '../config/vault.settings.js';
import { VaultKeysHarness } from '../../testing/vault-keys.harness.js';
import { ResealJob } from './reseal.job.js';
import { SealedStores } from './sealed-stores.js';

jest.setTimeout(120_000);

const PAIRS = 30;
/** The access token and the refresh token. */
const VALUES_A_PAIR = 2;

let world: VaultKeysHarness;
let hub: RunningHub;
let consents: string[];

beforeEach(async () => {
  world = await VaultKeysHarness.build();
  consents = await world.seal(PAIRS);
  hub = await world.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

/** The job of another process, which writes so many pairs a turn. */
const jobOf = (owner: string, pairsATurn: number): ResealJob =>
  new ResealJob(
    hub.app.get(VaultKeys),
    hub.app.get(VaultKeyRepository),
    hub.app.get(SealedStores),
    Object.assign(new VaultSettings(), { VAULT_RESEAL_PER_SECOND: pairsATurn * VALUES_A_PAIR }),
    { owner } as TokenGrantSettings,
  );

/** Asked for, and left to the jobs of the test. */
async function requested(): Promise<string> {
  const id = await world.rotate(hub);
  world.stopClock(hub);
  await world.call(hub, 'POST', '/v1/vault-keys/reseal');
  await hub.app.get(VaultKeys).reload();
  return id;
}

const leaseEnds = (): Promise<unknown> =>
  world.dataSource.query(`UPDATE hub.vault_key SET reseal_lease_ends_at = now()`);

async function allOpen(keyId: string): Promise<void> {
  const { items } = await world.list(hub, true);
  expect(items.find(({ id }) => id === keyId)?.uses).toMatchObject({ token_pairs: PAIRS, sca_tokens: 1 });
  expect(items.find(({ id }) => id === 'old')?.uses).toEqual({ wrapped_keys: 1 });
  for (const [n, id] of consents.entries()) expect(await world.tokenOf(hub, id)).toBe(`access-${n}`);
  const rows = await world.dataSource.query<object[]>(
    `SELECT FROM hub.token_pair WHERE key_id <> $1 OR refresh_token IS NULL`,
    [keyId],
  );
  expect(rows).toEqual([]);
}

describe('sealing values anew', () => {
  it('continues after the end of the process that did it, at any point', async () => {
    const id = await requested();
    const [pairs] = hub.app.get(SealedStores).all;
    if (!pairs) throw new Error('no store');
    const replace = jest.spyOn(pairs, 'replace');
    for (let death = 0; death < 10; death++) {
      // Half of them die before they have written, the others right after, with nothing of it noted.
      if (death % 2 === 0) replace.mockRejectedValueOnce(new Error('killed'));
      else
        jest
          .spyOn(hub.app.get(VaultKeyRepository), 'noteResealed')
          .mockRejectedValueOnce(new Error('killed'));
      const job = jobOf(`hub-${death}`, 2);
      await job.run();
      await leaseEnds();
    }
    const last = jobOf('hub-last', 1000);
    await last.run();

    expect((await world.list(hub)).reseal).toMatchObject({ key_id: id, state: 'ended', failed: 0 });
    await allOpen(id);
  });

  it('is done by one hub at a time', async () => {
    await requested();
    const [one, two] = [jobOf('one', 5), jobOf('two', 5)];
    await one.run();
    await two.run();

    expect((await world.list(hub)).reseal).toMatchObject({ state: 'running', resealed: 5, total: PAIRS + 5 });
  });

  it('gives way to a busy process', async () => {
    await requested();
    jest.spyOn(EventLoopLoad.prototype, 'share').mockImplementation((least) => least);
    await jobOf('one', 16).run();

    expect((await world.list(hub)).reseal).toMatchObject({ state: 'running', resealed: 2 });
  });

  it('waits for no row, and comes back to one that was locked', async () => {
    const id = await requested();
    const holder = world.dataSource.createQueryRunner();
    await holder.startTransaction();
    // With its SCA token, which is in the same row.
    await holder.query(`SELECT FROM hub.token_pair WHERE consent_id = $1 FOR UPDATE`, [consents[0]]);
    const job = jobOf('one', 50);
    await job.run();
    expect((await world.list(hub)).reseal).toMatchObject({ state: 'running', resealed: PAIRS - 1 + 4 });
    await holder.commitTransaction();
    await holder.release();
    for (let turn = 0; turn < 3; turn++) await job.run();

    expect((await world.list(hub)).reseal).toMatchObject({ state: 'ended', resealed: PAIRS + 5 });
    await allOpen(id);
  });

  it('leaves a pair alone that was refreshed after it was read', async () => {
    const id = await requested();
    const [consentId = ''] = consents;
    const store = hub.app.get(SealedStores).all[0];
    if (!store) throw new Error('no store');
    const { replace } = store;
    jest.spyOn(store, 'replace').mockImplementationOnce(async (rows, keyId) => {
      await world.given.refreshed(consentId, { accessToken: 'access-0' });
      return replace.call(store, rows, keyId);
    });
    const job = jobOf('one', 1000);
    await job.run();

    const stored = await world.given.consents.find(consentId);
    expect(stored?.tokenPair).toMatchObject({ generation: 2, keyId: id });
    await allOpen(id);
  });

  it('counts what no key opens, and leaves it as it is', async () => {
    const id = await requested();
    const value = Buffer.concat([headOf('old'), Buffer.alloc(60, 7)]);
    await world.dataSource.query(`UPDATE hub.token_pair SET access_token = $2 WHERE consent_id = $1`, [
      consents[0],
      value,
    ]);
    await jobOf('one', 1000).run();

    expect((await world.list(hub)).reseal).toMatchObject({ key_id: id, state: 'ended', failed: 1 });
    expect((await world.given.consents.find(consents[0] ?? ''))?.tokenPair?.accessToken).toEqual(value);
  });
});
