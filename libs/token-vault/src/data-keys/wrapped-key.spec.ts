import { LocalKeyEncryption } from '../key-encryption/local.js';
import { KeyRing } from '../key-ring.js';
import { unwrapKey, wrapNewKey } from './wrapped-key.js';

const kek = new LocalKeyEncryption(KeyRing.parse(`a:${Buffer.alloc(32, 0xa1).toString('base64')}`));

describe('a wrapped data key', () => {
  it('unwraps to 32 bytes, others for each key', async () => {
    const wrapped = [await wrapNewKey('one', kek), await wrapNewKey('one', kek)];
    const keys = await Promise.all(
      wrapped.map((one) => unwrapKey({ id: 'one', kekId: 'a', wrapped: one }, kek)),
    );

    expect(keys.map(({ length }) => length)).toEqual([32, 32]);
    expect(keys[0]).not.toEqual(keys[1]);
  });

  it.each(['two', 'on', 'one1', ''])('cannot be put in the place of the key %p', async (id) => {
    const wrapped = await wrapNewKey('one', kek);

    await expect(unwrapKey({ id, kekId: 'a', wrapped }, kek)).rejects.toMatchObject({
      code: 'not_unwrapped',
    });
  });
});
