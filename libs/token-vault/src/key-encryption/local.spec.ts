import { KeyRing } from '../key-ring.js';
import { LocalKeyEncryption } from './local.js';

const KEY_A = `a:${Buffer.alloc(32, 0xa1).toString('base64')}`;
const KEY_B = `b:${Buffer.alloc(32, 0xb2).toString('base64')}`;
const kekOf = (...keys: string[]): LocalKeyEncryption =>
  new LocalKeyEncryption(KeyRing.parse(keys.join(',')));
const PLAIN = Buffer.from('a data key of thirty-two bytes!!');

describe('a key-encryption key of HUB_VAULT_KEYS', () => {
  it('wraps with the first one, and unwraps with the one that has wrapped', async () => {
    const wrapped = await kekOf(KEY_A).wrap(PLAIN);

    expect(kekOf(KEY_B, KEY_A).kekId).toBe('b');
    expect(await kekOf(KEY_B, KEY_A).unwrap(wrapped, 'a')).toEqual(PLAIN);
  });

  it('wraps the same differently each time, and never in the clear', async () => {
    const [one, two] = [await kekOf(KEY_A).wrap(PLAIN), await kekOf(KEY_A).wrap(PLAIN)];

    expect(one).not.toEqual(two);
    expect(one.toString('latin1')).not.toContain('data key');
  });

  it('opens nothing of which a single bit was flipped, nor what was cut short', async () => {
    const wrapped = await kekOf(KEY_A).wrap(PLAIN);
    for (let bit = 0; bit < wrapped.length * 8; bit += 7) {
      const flipped = Buffer.from(wrapped);
      flipped[bit >> 3] = (wrapped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(kekOf(KEY_A).unwrap(flipped, 'a')).rejects.toMatchObject({ code: 'not_unwrapped' });
    }
    for (const length of [13, 28, wrapped.length - 1])
      await expect(kekOf(KEY_A).unwrap(wrapped.subarray(0, length), 'a')).rejects.toMatchObject({
        code: 'not_unwrapped',
      });
  });

  it('says so when the key is gone', async () => {
    const wrapped = await kekOf(KEY_A).wrap(PLAIN);

    await expect(kekOf(KEY_B).unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'kek_unavailable' });
  });

  it('keeps unwrapping what the first version has wrapped', async () => {
    const wrapped = Buffer.from(
      'BwcHBwcHBwcHBwcHReJFl2ghkj/m9jPwPDlnsV6qb+w4mlk0E6R2Q1Wdw1ZicFk/ruopjNZ3zuaWcL6e',
      'base64',
    );

    expect(await kekOf(KEY_A).unwrap(wrapped, 'a')).toEqual(PLAIN);
  });
});
