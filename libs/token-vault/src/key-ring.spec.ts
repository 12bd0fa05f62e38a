import { inspect } from 'node:util';
import { KeyRing } from './key-ring.js';
import { VaultError, type VaultErrorCode } from './vault-error.js';

const KEY_A = Buffer.alloc(32, 0xa1).toString('base64');
const KEY_B = Buffer.alloc(32, 0xfb).toString('base64');

describe('a key ring', () => {
  it('seals with its first key and opens with all of them', () => {
    const ring = KeyRing.parse(`2026-11:${KEY_A}, 2026-05:${KEY_B}`);

    expect(ring.currentId).toBe('2026-11');
    expect(ring.findKey('2026-11')?.export()).toEqual(Buffer.alloc(32, 0xa1));
    expect(ring.findKey('2026-05')?.export()).toEqual(Buffer.alloc(32, 0xfb));
  });

  it.each([
    ['padded base64', KEY_B],
    ['bare base64', KEY_B.replace('=', '')],
    ['base64url', Buffer.alloc(32, 0xfb).toString('base64url')],
  ])('reads a key in %s', (_form, key) => {
    expect(KeyRing.parse(`k:${key}`).findKey('k')?.export()).toEqual(Buffer.alloc(32, 0xfb));
  });

  it('does not know other keys', () => {
    const ring = KeyRing.parse(`k:${KEY_A}`);

    expect(ring.findKey('x')).toBeUndefined();
    expect(() => ring.getKey('x')).toThrow(failure('unknown_key', { keyId: 'x' }));
  });

  it('names all faults of its text at once', () => {
    const text = [`a b:${KEY_A}`, 'short:c2hvcnQ=', KEY_A, `good:${KEY_A}`, `good:${KEY_B}`, ''].join(',');

    expect(() => KeyRing.parse(text)).toThrow(
      new VaultError(
        'malformed',
        'the key ring is not usable: ' +
          'entry 1: the id is not 1 to 32 letters, digits, _ or -; ' +
          'entry 2 (short): the key is not 32 bytes in base64; ' +
          'entry 3 is not of the form id:key; ' +
          'entry 5 (good): the id stands there twice; ' +
          'entry 6 is not of the form id:key',
      ),
    );
  });

  it.each([
    ['empty', ''],
    ['a key of 31 bytes', `k:${Buffer.alloc(31).toString('base64')}`],
    ['a key of 33 bytes', `k:${Buffer.alloc(33).toString('base64')}`],
    ['a key in hex', `k:${'ab'.repeat(32)}`],
    ['an id of 33 characters', `${'k'.repeat(33)}:${KEY_A}`],
    ['a third part', `k:${KEY_A}:${KEY_B}`],
  ])('is refused when it is or has %s', (_what, text) => {
    expect(() => KeyRing.parse(text)).toThrow(failure('malformed'));
  });

  it.each([
    ['id and key are swapped', `${KEY_A}:k`],
    ['a key has no id', `k:${KEY_B},${KEY_A}`],
    ['a key is too long', `k:${KEY_A}${KEY_A}`],
  ])('prints no key material when %s', (_what, text) => {
    const refused = (): unknown => KeyRing.parse(text);

    expect(refused).toThrow(VaultError);
    expect(refused).not.toThrow(new RegExp(KEY_A.slice(0, 8)));
  });

  it('shows no key when it is inspected or serialised', () => {
    const ring = KeyRing.parse(`k:${KEY_A}`);

    for (const text of [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify(ring)])
      for (const form of ['base64', 'hex', 'latin1'] as const)
        expect(text).not.toContain(Buffer.alloc(8, 0xa1).toString(form));
  });
});

/** What `toThrow` compares: the code, not the words. */
function failure(code: VaultErrorCode, context = {}): Error {
  const error: Error = expect.objectContaining({ name: 'VaultError', code, context });
  return error;
}
