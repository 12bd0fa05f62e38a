import { inspect } from 'node:util';
import { HttpsService } from '../../testing/https-service.harness.js';
import { TRANSIT_TOKEN as TOKEN, transitEngine as engine } from '../../testing/transit-engine.harness.js';
import { VaultTransitKeyEncryption } from './vault-transit.js';

const PLAIN = Buffer.from('0001fffe00', 'hex');

describe('the transit engine of OpenBao or Vault', () => {
  let service: HttpsService;
  let tokenFile: string;
  let kek: VaultTransitKeyEncryption;
  const kekOf = (key: string): VaultTransitKeyEncryption =>
    new VaultTransitKeyEncryption({
      url: `${service.url}/v1/transit`,
      key,
      auth: { tokenFile },
      caFile: service.caFile,
    });

  beforeAll(async () => {
    service = await HttpsService.start(engine);
    tokenFile = await service.write('token', `${TOKEN}\n`);
    kek = kekOf('consent-hub');
  });
  afterAll(async () => {
    await kek.close();
    await service.close();
  });
  beforeEach(() => (service.mood = 'well'));

  it('wraps, and unwraps what it has wrapped', async () => {
    const wrapped = await kek.wrap(PLAIN);

    expect(wrapped.toString()).toMatch(/^vault:v3:/);
    expect(await kek.unwrap(wrapped, 'consent-hub')).toEqual(PLAIN);
    expect(service.calls.map(({ path }) => path)).toEqual([
      '/v1/transit/encrypt/consent-hub',
      '/v1/transit/decrypt/consent-hub',
    ]);
  });

  it('unwraps with the key that has wrapped, also when another one wraps now', async () => {
    const wrapped = await kek.wrap(PLAIN);
    const next = kekOf('other');

    expect(await next.unwrap(wrapped, 'consent-hub')).toEqual(PLAIN);
    await expect(next.unwrap(wrapped, 'other')).rejects.toMatchObject({ code: 'not_unwrapped' });
    await next.close();
  });

  it('reads its token for each call, so that an agent may renew it', async () => {
    await service.write('token', 'expired');
    await expect(kek.wrap(PLAIN)).rejects.toMatchObject({ code: 'kek_unavailable', message: /403/ });
    await service.write('token', TOKEN);
    await expect(kek.wrap(PLAIN)).resolves.toBeInstanceOf(Buffer);
  });

  it.each<[string, HttpsService['mood']]>([
    ['is sealed', { status: 503, body: { errors: ['Vault is sealed'] } }],
    ['ends the connection', 'silent'],
    ['answers something else', { status: 200, body: { data: { ciphertext: 'plain' } } }],
  ])('says that it cannot be used when it %s, and repeats neither token nor key', async (_what, mood) => {
    service.mood = mood;
    const error: unknown = await kek.wrap(PLAIN).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'VaultError', code: 'kek_unavailable' });
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [TOKEN, PLAIN.toString('base64'), PLAIN.toString('hex')])
      expect(shown).not.toContain(secret);
  });

  it('is not asked over a connection that another authority vouches for', async () => {
    const other = await HttpsService.start(engine);
    const url = `${service.url}/v1/transit`;
    const wrong = new VaultTransitKeyEncryption({
      url,
      key: 'consent-hub',
      auth: { tokenFile },
      caFile: other.caFile,
    });
    const before = service.calls.length;

    await expect(wrong.wrap(PLAIN)).rejects.toMatchObject({ code: 'kek_unavailable' });
    expect(service.calls.length).toBe(before);
    await wrong.close();
    await other.close();
  });
});
