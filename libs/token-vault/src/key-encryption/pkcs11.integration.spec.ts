import { missing, PIN, SoftHsm } from '../../testing/soft-hsm.harness.js';
import { Pkcs11KeyEncryption, type Pkcs11Settings } from './pkcs11.js';

const PLAIN = Buffer.from('a data key of thirty-two bytes!!');

(missing === null ? describe : describe.skip)('a key in an HSM', () => {
  let hsm: SoftHsm;
  let settings: Pkcs11Settings;

  beforeAll(async () => {
    hsm = await SoftHsm.make(['consent-hub', 'other', 'twice', 'twice']);
    ({ settings } = hsm);
  });
  afterAll(() => hsm.close());

  it('wraps, and unwraps what it has wrapped', async () => {
    const kek = new Pkcs11KeyEncryption(settings);
    const [one, two] = [await kek.wrap(PLAIN), await kek.wrap(PLAIN)];

    expect(one).not.toEqual(two);
    expect(await kek.unwrap(one, 'consent-hub')).toEqual(PLAIN);
    expect(await new Pkcs11KeyEncryption(settings).unwrap(two, 'consent-hub')).toEqual(PLAIN);
  });

  it('does not unwrap what was changed, or what another key has wrapped', async () => {
    const kek = new Pkcs11KeyEncryption(settings);
    const wrapped = await kek.wrap(PLAIN);
    const changed = Buffer.from(wrapped);
    changed[20] = (wrapped[20] ?? 0) ^ 1;

    await expect(kek.unwrap(changed, 'consent-hub')).rejects.toMatchObject({ code: 'not_unwrapped' });
    await expect(kek.unwrap(wrapped, 'other')).rejects.toMatchObject({ code: 'not_unwrapped' });
  });

  it.each<[string, Partial<Pkcs11Settings>, RegExp]>([
    ['has no such key', { keyLabel: 'none' }, /has no key none/],
    ['has two keys of the label', { keyLabel: 'twice' }, /several keys twice/],
    ['has no such token', { token: 'none' }, /has no token none/],
    ['has no such module', { module: '/nowhere.so' }, /did not do it/],
    ['is asked without a PIN', { pinFile: '/nowhere' }, /cannot be read/],
  ])('says that it cannot be used when it %s', async (_what, wrong, message) => {
    const error: unknown = await new Pkcs11KeyEncryption({ ...settings, ...wrong })
      .wrap(PLAIN)
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'VaultError', code: 'kek_unavailable' });
    expect((error as Error).message).toMatch(message);
    expect(String((error as Error).stack)).not.toContain(PIN);
  });
});
