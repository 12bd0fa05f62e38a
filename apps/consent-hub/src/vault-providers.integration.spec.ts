import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Pkcs11KeyEncryption, KeyRing, TokenVault } from '@consent-hub/token-vault';
import { HttpsService } from '../../../libs/token-vault/testing/https-service.harness.js';
import { missing, PIN, SoftHsm } from '../../../libs/token-vault/testing/soft-hsm.harness.js';
import { TRANSIT_TOKEN, transitEngine } from '../../../libs/token-vault/testing/transit-engine.harness.js';
import { dumpDatabase } from '@consent-hub/testing';
import type { RunningHub } from './bootstrap.js';
import { until } from '../testing/due-consents.harness.js';
import { VaultKeysHarness } from '../testing/vault-keys.harness.js';

jest.setTimeout(120_000);

const KEY_BYTES = 32;

(missing === null ? describe : describe.skip)('values that an HSM keeps', () => {
  let world: VaultKeysHarness;
  let hsm: SoftHsm;
  let env: NodeJS.ProcessEnv;
  let hub: RunningHub;
  let id: string;
  let dataKey: string;

  // The library of SoftHSM, once it is loaded, sees no token that is made later.
  beforeAll(async () => {
    hsm = await SoftHsm.make(['consent-hub']);
  });
  afterAll(() => hsm.close());

  /** All that is stored is sealed with a data key that the HSM has wrapped. */
  beforeEach(async () => {
    world = await VaultKeysHarness.build();
    env = { ...hsm.env, VAULT_KEK: 'pkcs11', HUB_SPOOL_DIR: world.spoolDir };
    hub = await world.start(env);
    [id = ''] = await world.seal(1);
    await until(() => hub.app.get(TokenVault).currentKeyId !== 'old');
    dataKey = hub.app.get(TokenVault).currentKeyId;
    await world.reseal(hub);
    expect(await world.call(hub, 'POST', '/v1/vault-keys/old/retire')).toMatchObject({ status: 200 });
  });
  afterEach(() => world.close());

  const stop = async (): Promise<void> => {
    await Promise.all(world.hubs.splice(0).map((one) => one.close()));
  };

  it('go to a transit engine directly, are read all the time, and then need the HSM no more', async () => {
    const service = await HttpsService.start(transitEngine);
    const transit = {
      VAULT_KEK: 'vault-transit',
      VAULT_KEK_TRANSIT_URL: `${service.url}/v1/transit`,
      VAULT_KEK_TRANSIT_KEY: 'consent-hub',
      VAULT_KEK_TRANSIT_TOKEN_FILE: await service.write('token', TRANSIT_TOKEN),
      VAULT_KEK_TRANSIT_CA_FILE: service.caFile,
      HUB_VAULT_KEYS: '',
    };
    await stop();
    await expect(world.start(transit)).rejects.toThrow(`data key ${dataKey} cannot be unwrapped`);
    const next = await world.start({ ...hsm.env, ...transit, VAULT_KEK_FORMER: 'pkcs11' });
    expect(await world.tokenOf(next, id)).toBe('access-0');
    const rotated = await world.rotate(next);
    const { items } = await world.reseal(next);
    expect(items.find((key) => key.id === rotated)).toMatchObject({ provider: 'vault-transit' });
    expect(await world.call(next, 'POST', `/v1/vault-keys/${dataKey}/retire`)).toMatchObject({ status: 200 });
    await stop();
    const last = await world.start(transit);
    expect(await world.tokenOf(last, id)).toBe('access-0');
    await stop();
    await service.close();
  });

  it('do not open with the database, the spool and the environment together, without the HSM', async () => {
    world.bank.next(() => Promise.resolve(world.bank.rotate({ access_token: 'known-to-the-hsm-alone' })));
    expect(await world.call(hub, 'POST', `/v1/consents/${id}/refresh`)).toMatchObject({ status: 200 });
    const token = String(await world.tokenOf(hub, id));
    expect(token).toBe('known-to-the-hsm-alone');
    await stop();
    const [row] = await world.dataSource.query<
      { wrapped_key: Buffer; kek_id: string; access_token: Buffer }[]
    >(
      `SELECT k.wrapped_key, k.kek_id, t.access_token FROM hub.vault_key k, hub.token_pair t WHERE k.id = $1 AND t.consent_id = $2`,
      [dataKey, id],
    );
    if (!row) throw new Error('there is no data key');
    const spooled = await Promise.all(
      (await readdir(world.spoolDir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(path.join(entry.parentPath, entry.name))),
    );
    const environment = Buffer.from(Object.entries(env).flat().join('\n') + PIN);
    const dump = Buffer.from(await dumpDatabase(world.database.url), 'latin1');
    const taken = Buffer.concat([dump, row.wrapped_key, row.access_token, ...spooled, environment]);
    expect(Buffer.concat(spooled).length).toBeGreaterThan(0);

    // What the HSM knows is nowhere in it, in no form.
    const kek = new Pkcs11KeyEncryption(hsm.settings);
    const key = (await kek.unwrap(row.wrapped_key, row.kek_id)).subarray(-KEY_BYTES);
    await kek.close();
    const binding = { consentId: id, purpose: 'access_token', generation: 2 } as const;
    const openWith = (bytes: Buffer): string =>
      new TokenVault(KeyRing.parse(`${dataKey}:${bytes.toString('base64')}`))
        .open(row.access_token, binding)
        .reveal();
    expect(openWith(key)).toBe(token);
    for (const secret of [token, key.toString('latin1'), key.toString('hex'), key.toString('base64')])
      expect(taken.includes(secret, 0, 'latin1')).toBe(false);
    // Nor is any of its bytes the key of what is stored.
    const candidates = Buffer.concat([row.wrapped_key, environment]);
    for (let at = 0; at + KEY_BYTES <= candidates.length; at++)
      expect(() => openWith(candidates.subarray(at, at + KEY_BYTES))).toThrow();
    // Nor does a hub start on it, with the keys of the environment or without the token of the HSM.
    await expect(world.start()).rejects.toThrow('cannot be unwrapped');
    await expect(world.start({ ...env, VAULT_KEK_PKCS11_TOKEN_LABEL: 'another' })).rejects.toThrow(
      'VAULT_KEK=pkcs11',
    );
  });
});
