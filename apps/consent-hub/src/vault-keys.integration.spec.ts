import { Secret } from '@consent-hub/psd2-protocol';
import { TokenVault, VaultKeys } from '@consent-hub/token-vault';
import { HttpsService } from '../../../libs/token-vault/testing/https-service.harness.js';
import { TRANSIT_TOKEN, transitEngine } from '../../../libs/token-vault/testing/transit-engine.harness.js';
import type { RunningHub } from './bootstrap.js';
import { runHere } from '../testing/cli.harness.js';
import { until } from '../testing/due-consents.harness.js';
import { LISTED_KEYS, VaultKeysHarness } from '../testing/vault-keys.harness.js';

jest.setTimeout(60_000);

let world: VaultKeysHarness;
beforeEach(async () => {
  world = await VaultKeysHarness.build();
});
afterEach(() => world.close());

const EVERYTHING = {
  token_pairs: 3,
  sca_tokens: 1,
  code_verifiers: 1,
  link_starts: 1,
  token_answers: 1,
  idempotency_answers: 1,
};

const sealsWith = (hub: RunningHub): string => hub.app.get(TokenVault).currentKeyId;

describe('the keys of the vault', () => {
  it('are those of HUB_VAULT_KEYS until one is rotated', async () => {
    const hub = await world.start();
    await world.seal(3);

    const { items, reseal, ...kek } = await world.list(hub, true);

    expect(kek).toEqual({ kek_provider: 'local', kek_id: 'old' });
    expect(reseal).toBeNull();
    expect(items).toMatchObject([
      { id: 'old', state: 'current', provider: 'environment', is_known: true, uses: EVERYTHING },
    ]);
    expect((await world.call(hub, 'POST', '/v1/vault-keys/reseal')).body).toMatchObject({
      status: 409,
      code: 'no_data_key',
    });
  });

  it('are rotated on two hubs within ten seconds, without a read that fails', async () => {
    const [one, two] = [await world.start(), await world.start()];
    const consents = await world.seal(3);
    let reads = 0;
    const failed: unknown[] = [];
    let isOver = false;
    const reading = Promise.all(
      [one, two].map(async (hub) => {
        for (; !isOver; reads++) {
          const n = reads % 3;
          const token = await world.tokenOf(hub, consents[n] ?? '');
          if (token !== `access-${n}`) failed.push(token);
        }
      }),
    );
    const since = performance.now();
    const id = await world.rotate(one);
    for (const hub of [one, two]) await until(() => sealsWith(hub) === id);
    const tookMs = performance.now() - since;
    const { items } = await world.reseal(two);
    isOver = true;
    await reading;

    expect(tookMs).toBeLessThan(10_000);
    expect(failed).toEqual([]);
    expect(reads).toBeGreaterThan(10);
    expect(items).toMatchObject([
      { id: 'old', state: 'former', uses: { wrapped_keys: 1 } },
      { id, state: 'current', provider: 'local', kek_id: 'old', uses: EVERYTHING },
    ]);
  });

  it('wait with a new key for a hub that cannot open it', async () => {
    const hub = await world.start();
    await world.dataSource.query(
      `INSERT INTO hub.instance (owner, name, machine, spool_dir, key_ids, confirmed_run)
       VALUES ('another', 'another', 'another machine', '/spool', '{old}', 'unknown')`,
    );
    await hub.app.get(VaultKeys).announce();
    await until(() => hub.app.get(VaultKeys).find('announced') !== undefined);
    for (let turn = 0; turn < 4; turn++) await world.turn(hub);
    expect(sealsWith(hub)).toBe('old');

    await world.dataSource.query(
      `UPDATE hub.instance SET key_ids = (SELECT array_agg(id) || ARRAY['old'] FROM hub.vault_key WHERE provider = 'local')
        WHERE owner = 'another'`,
    );
    await until(() => sealsWith(hub) !== 'old');
  });

  it('open what was sealed with a key that a hub learns only by that', async () => {
    const [one, two] = [await world.start(), await world.start({ HUB_SPOOL_DIR: world.spoolDir })];
    world.stopClock(two);
    const [id = ''] = await world.seal(1);
    // Two takes no part: no heartbeat of it is waited for.
    await world.dataSource.query(`DELETE FROM hub.instance WHERE spool_dir = $1`, [world.spoolDir]);
    const keyId = await world.rotate(one);
    await world.reseal(one);
    expect(two.app.get(TokenVault).keyIds).not.toContain(keyId);

    expect(await world.tokenOf(two, id)).toBe('access-0');
    expect(two.app.get(TokenVault).keyIds).toContain(keyId);
  });

  it('are entered again where a failover has made the database forget them', async () => {
    const hub = await world.start();
    const [id = ''] = await world.seal(1);
    const keyId = await world.rotate(hub);
    await world.reseal(hub);
    await world.dataSource.query(`DELETE FROM hub.vault_key WHERE id = $1`, [keyId]);
    await hub.app.get(VaultKeys).reload();

    expect((await world.list(hub)).items.find((key) => key.id === keyId)).toMatchObject({ state: 'former' });
    const other = await world.start();
    expect(await world.tokenOf(other, id)).toBe('access-0');
  });

  it('are rotated by themselves before one has sealed too much', async () => {
    const hub = await world.start({ VAULT_KEY_MOST_SEALS: '5' });
    const vault = hub.app.get(TokenVault);
    const binding = { consentId: '', purpose: 'link_start', generation: 0 } as const;
    for (let n = 0; n < 5; n++) vault.seal(new Secret('value'), binding);

    await until(() => sealsWith(hub) !== 'old');

    const [old, made] = (await world.list(hub)).items;
    expect(old).toMatchObject({ id: 'old', seals: 5 });
    expect(made).toMatchObject({ state: 'current', provider: 'local' });
  });

  it('count what all hubs seal', async () => {
    const hubs = [await world.start(), await world.start()];
    for (const hub of hubs)
      for (let n = 0; n < 50; n++)
        hub.app
          .get(TokenVault)
          .seal(new Secret('x'), { consentId: '', purpose: 'link_start', generation: 0 });

    await Promise.all(hubs.map((hub) => hub.app.get(VaultKeys).writeSealCounts()));

    expect((await world.list(hubs[0] as RunningHub)).items).toMatchObject([{ id: 'old', seals: 100 }]);
  });

  it('are read from a file, and a new first one wraps from the next rotation on', async () => {
    const before = await world.start();
    await world.rotate(before);
    const [id = ''] = await world.seal(1);
    await world.reseal(before);
    await before.close();
    const file = await world.write(`next:${Buffer.alloc(32, 'next').toString('base64')}\n${LISTED_KEYS}\n`);

    const hub = await world.start({ HUB_VAULT_KEYS: '', HUB_VAULT_KEYS_FILE: file });
    expect(await world.tokenOf(hub, id)).toBe('access-0');
    const rotated = await world.rotate(hub);
    const { items } = await world.reseal(hub);

    expect(items.find((key) => key.id === rotated)).toMatchObject({ kek_id: 'next', provider: 'local' });
    expect(await world.tokenOf(hub, id)).toBe('access-0');
  });

  it('keep a hub from starting whose keys do not unwrap the one that seals', async () => {
    const hub = await world.start();
    const id = await world.rotate(hub);

    await expect(
      world.start({ HUB_VAULT_KEYS: `other:${Buffer.alloc(32, 'other').toString('base64')}` }),
    ).rejects.toThrow(`VAULT_KEK=local: data key ${id} cannot be unwrapped`);
    expect(world.log.join('')).toContain('the key is not one of HUB_VAULT_KEYS');
  });

  it('are named at the start where values need others', async () => {
    await world.seal(1);
    await world.dataSource.query(`UPDATE hub.token_pair SET key_id = 'new'`);
    await world.start({ HUB_VAULT_KEYS: `new:${Buffer.alloc(32, 'new').toString('base64')}` });

    const [line = '{}'] = world.log.filter((one) => one.includes('values need a key'));
    // Pairs are counted where they are refreshed.
    expect(JSON.parse(line)).toMatchObject({ keyId: 'old', uses: { sca_tokens: 1, code_verifiers: 1 } });
  });
});

describe('a key-encryption key in a transit engine', () => {
  let service: HttpsService;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    service = await HttpsService.start(transitEngine);
    env = {
      VAULT_KEK: 'vault-transit',
      VAULT_KEK_TRANSIT_URL: `${service.url}/v1/transit`,
      VAULT_KEK_TRANSIT_KEY: 'consent-hub',
      VAULT_KEK_TRANSIT_TOKEN_FILE: await service.write('token', TRANSIT_TOKEN),
      VAULT_KEK_TRANSIT_CA_FILE: service.caFile,
    };
  });
  afterEach(() => service.close());

  it('wraps the first data key where there is no HUB_VAULT_KEYS, once for hubs that start together', async () => {
    const hubs = await Promise.all([0, 1].map(() => world.start({ ...env, HUB_VAULT_KEYS: '' })));

    const { items, ...kek } = await world.list(hubs[0] as RunningHub);
    expect(kek).toMatchObject({ kek_provider: 'vault-transit', kek_id: 'consent-hub' });
    expect(items).toMatchObject([{ state: 'current', provider: 'vault-transit', kek_id: 'consent-hub' }]);
    expect(hubs.map(sealsWith)).toEqual([items[0]?.id, items[0]?.id]);
  });

  it('takes the place of HUB_VAULT_KEYS by itself, and is needed neither to serve nor to seal', async () => {
    const hub = await world.start(env);
    const [id = ''] = await world.seal(1);
    await until(() => sealsWith(hub) !== 'old');
    service.mood = 'silent';
    await world.reseal(hub);

    expect(await world.tokenOf(hub, id)).toBe('access-0');
    expect(await world.call(hub, 'POST', '/v1/vault-keys/rotate')).toMatchObject({
      status: 503,
      body: { code: 'vault_kek_unavailable' },
    });
    expect(await world.call(hub, 'POST', '/v1/vault-keys/old/retire')).toMatchObject({ status: 200 });
    await expect(world.start({ ...env, HUB_VAULT_KEYS: '' })).rejects.toThrow('VAULT_KEK=vault-transit');
  });
});

describe('retiring a key of the vault', () => {
  it('is refused while something needs it, and says what and how many', async () => {
    const hub = await world.start();
    await world.seal(3);
    const retire = (id: string) => world.call(hub, 'POST', `/v1/vault-keys/${id}/retire`);

    expect(await retire('old')).toMatchObject({ status: 409, body: { code: 'vault_key_seals' } });
    expect(await retire('none')).toMatchObject({ status: 404, body: { code: 'vault_key_not_found' } });
    const first = await world.rotate(hub);
    expect(await retire('old')).toMatchObject({
      status: 409,
      body: { code: 'vault_key_in_use', uses: { ...EVERYTHING, wrapped_keys: 1 } },
    });
    await world.reseal(hub);
    expect(await retire('old')).toMatchObject({ status: 409, body: { uses: { wrapped_keys: 1 } } });

    const second = await world.rotate(hub);
    expect(await retire(second)).toMatchObject({ status: 409, body: { code: 'vault_key_seals' } });
    await world.dataSource.query(
      `UPDATE hub.instance SET spooled_by_key = jsonb_build_object($1::text, 2) WHERE name = ''`,
      [first],
    );
    expect(await retire(first)).toMatchObject({ status: 409, body: { uses: EVERYTHING } });
    await world.reseal(hub);
    expect(await retire(first)).toMatchObject({
      status: 200,
      body: { state: 'retired', destroyed_at: null },
    });
    expect(await retire(first)).toMatchObject({ status: 200, body: { state: 'retired' } });
  });

  it('is refused for a key that spooled answers need', async () => {
    const hub = await world.start();
    const [id = ''] = await world.seal(1);
    world.bank.next(() => Promise.resolve(world.bank.rotate()));
    expect((await world.call(hub, 'POST', `/v1/consents/${id}/refresh`)).status).toBe(200);
    await world.rotate(hub);
    await world.reseal(hub);

    expect(await world.call(hub, 'POST', '/v1/vault-keys/old/retire')).toMatchObject({
      status: 409,
      body: { uses: { spooled_answers: 1 } },
    });
  });
});

describe('vault of the command line', () => {
  it('rotates, seals anew, shows and retires', async () => {
    const hub = await world.start();
    await world.seal(2);
    const vault = (...words: string[]) => runHere(world.envOf(hub), 'vault', ...words);

    const first = await vault('rotate');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/^All hubs seal with dk-\d{8}-[0-9a-f]{8}\.\n$/);
    const refused = await vault('retire', 'old');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('the key is still needed.\n  2 token pairs\n  1 sca tokens\n');
    expect(await vault('reseal')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Sealed anew with dk-\S+: 7 rows\.\n$/),
    });
    const status = await vault('status');
    expect(status.stdout).toMatch(/^New keys are wrapped by {2}local old\nKEY +STATE +WRAPPED BY/);
    expect(status.stdout).toMatch(/\nold +former +environment +\d+ +yes +1 wrapped keys\n/);
    expect(status.stdout).toMatch(/\ndk-\S+ +current +local old +\d+ +yes +2 token pairs, 1 sca tokens/);
    const [, { id = '' } = {}] = (await world.list(hub)).items;
    await vault('rotate');
    await vault('reseal');
    expect(await vault('retire', id)).toMatchObject({
      exitCode: 0,
      stdout: `${id} is retired. It is destroyed in a day.\n`,
    });
  });
});
