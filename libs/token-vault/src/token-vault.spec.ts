import { inspect } from 'node:util';
import { Secret } from '@consent-hub/psd2-protocol';
import fc from 'fast-check';
import { KeyRing } from './key-ring.js';
import { TokenVault, type SecretBinding, type SecretPurpose } from './token-vault.js';
import { VaultError, type VaultErrorCode } from './vault-error.js';

const KEY_A = `a:${Buffer.alloc(32, 0xa1).toString('base64')}`;
const KEY_B = `b:${Buffer.alloc(32, 0xb2).toString('base64')}`;
const vaultWith = (...keys: string[]): TokenVault => new TokenVault(KeyRing.parse(keys.join(',')));

const PURPOSES: SecretPurpose[] = [
  'access_token',
  'refresh_token',
  'sca_token',
  'code_verifier',
  'authorization_code',
  'token_answer',
  'spooled_answers',
];
const binding: SecretBinding = {
  consentId: '0192f0c1-8f3a-7cc1-a7b0-5a0b1f7d2c11',
  purpose: 'refresh_token',
  generation: 7,
};

describe('the token vault', () => {
  const vault = vaultWith(KEY_A);
  const value = new Secret('rt-5f2c-and-some-more');

  it('gives back any value at the place it was sealed for', () => {
    const places = fc.record({
      consentId: fc.uuid(),
      purpose: fc.constantFrom(...PURPOSES),
      generation: fc.nat(0x7fffffff),
    });

    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), places, (text, place) => {
        expect(vault.open(vault.seal(new Secret(text), place), place).reveal()).toBe(text);
      }),
    );
  });

  it.each<[string, Partial<SecretBinding>]>([
    ['consent', { consentId: '0192f0c1-8f3a-7cc1-a7b0-5a0b1f7d2c12' }],
    ['purpose', { purpose: 'access_token' }],
    ['generation', { generation: 8 }],
  ])('does not open a value that was moved to another %s', (_what, other) => {
    const sealed = vault.seal(value, binding);

    expect(() => vault.open(sealed, { ...binding, ...other })).toThrow(failure('not_opened', { keyId: 'a' }));
  });

  it('distinguishes bindings whose concatenated parts are equal', () => {
    const sealed = vault.seal(value, { ...binding, consentId: '1access_token' });

    for (const consentId of ['1', '1access_', 'a1access_token'])
      expect(() => vault.open(sealed, { ...binding, consentId })).toThrow(VaultError);
  });

  it('opens nothing of which a single bit was flipped', () => {
    const sealed = vaultWith(KEY_A, KEY_B).seal(value, binding);

    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => vaultWith(KEY_A, KEY_B).open(flipped, binding)).toThrow(VaultError);
    }
  });

  it('opens nothing that was cut short or made longer', () => {
    const sealed = vault.seal(value, binding);

    for (let length = 0; length < sealed.length; length++)
      expect(() => vault.open(sealed.subarray(0, length), binding)).toThrow(VaultError);
    expect(() => vault.open(Buffer.concat([sealed, Buffer.alloc(1)]), binding)).toThrow(VaultError);
  });

  it('calls bytes malformed that it never wrote', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('plain text, not sealed at all, but long enough'),
      Buffer.alloc(64),
    ])
      expect(() => vault.open(bytes, binding)).toThrow(failure('malformed'));
  });

  it('seals the same value differently each time', () => {
    const sealed = new Set(Array.from({ length: 100 }, () => vault.seal(value, binding).toString('hex')));

    expect(sealed.size).toBe(100);
  });

  it('keeps opening what version 1 sealed', () => {
    const sealed = 'AQFhHmzZwxj+s7mMxYaIe/xDFeR8srq1d61pZeSJC7mO9+hvaA9iOgISf8j2zhY4Met7WA==';

    expect(vault.open(Buffer.from(sealed, 'base64'), binding).reveal()).toBe('rt-5f2c-and-some-more');
  });

  it('hides the value in the envelope and everywhere around it', () => {
    const sealed = vault.seal(value, binding);
    const shown = [
      sealed.toString('latin1'),
      inspect(vault, { depth: 9, showHidden: true }),
      JSON.stringify(vault),
    ];

    for (const text of shown) {
      expect(text).not.toContain('5f2c');
      expect(text).not.toContain(Buffer.alloc(8, 0xa1).toString('base64'));
    }
  });

  it('prints neither the value nor a key when it does not open', () => {
    const sealed = vault.seal(value, binding);

    const error = errorOf(() => vault.open(sealed, { ...binding, generation: 8 }));

    const shown = [
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify(error),
      (error as Error).stack,
    ].join();
    expect(shown).not.toContain('5f2c');
    expect(shown).not.toContain(sealed.toString('base64'));
    expect(shown).toContain('not_opened');
  });
});

describe('replacing the key of the vault', () => {
  const value = new Secret('at');
  const before = vaultWith(KEY_A).seal(value, binding);

  it('opens what an older key of the ring sealed', () => {
    expect(vaultWith(KEY_B, KEY_A).open(before, binding).reveal()).toBe('at');
  });

  it('seals with the new key only', () => {
    const after = vaultWith(KEY_B, KEY_A);

    expect(after.currentKeyId).toBe('b');
    expect(vaultWith(KEY_B).open(after.seal(value, binding), binding).reveal()).toBe('at');
  });

  it('says so when the key of a value has left the ring', () => {
    expect(() => vaultWith(KEY_B).open(before, binding)).toThrow(failure('unknown_key', { keyId: 'a' }));
  });

  it('does not open with another key of the same id', () => {
    const impostor = vaultWith(KEY_B.replace('b:', 'a:'));

    expect(() => impostor.open(before, binding)).toThrow(failure('not_opened', { keyId: 'a' }));
  });
});

describe('opening with keys that may have changed', () => {
  const value = new Secret('at');
  const sealed = vaultWith(KEY_B).seal(value, binding);
  const ringOf = (): KeyRing => KeyRing.parse(KEY_A);
  const keyB = KeyRing.parse(KEY_B).getKey('b');

  it('reloads them once for an unknown one, and waits for nothing otherwise', async () => {
    const ring = ringOf();
    let reloads = 0;
    const vault = new TokenVault(ring, () => {
      reloads++;
      ring.replaceDataKeys([{ id: 'b', key: keyB, isCurrent: false }]);
      return Promise.resolve();
    });
    const open = () => vault.opening(() => vault.open(sealed, binding).reveal());

    const first = open();
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toBe('at');
    expect(open()).toBe('at');
    expect(reloads).toBe(1);
  });

  it('fails after that, and at once for what no key would help', async () => {
    const reload = jest.fn(() => Promise.resolve());
    const vault = new TokenVault(ringOf(), reload);

    await expect(vault.opening(() => vault.open(sealed, binding))).rejects.toThrow(
      failure('unknown_key', { keyId: 'b' }),
    );
    expect(reload).toHaveBeenCalledTimes(1);
    expect(() => vault.opening(() => vault.open(Buffer.alloc(64), binding))).toThrow(failure('malformed'));
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe('data keys', () => {
  const ring = KeyRing.parse([KEY_A, KEY_B].join(','));
  const dataKey = (id: string, isCurrent: boolean) => ({ id, isCurrent, key: ring.getKey('a') });

  it('seal before the keys of HUB_VAULT_KEYS once one is current, and open before and after that', () => {
    ring.replaceDataKeys([dataKey('dk-1', false), dataKey('dk-2', true), dataKey('dk-3', false)]);

    expect(ring.currentId).toBe('dk-2');
    expect(ring.sealingIds).toEqual(['dk-2', 'a', 'b']);
    expect(ring.ids).toEqual(['dk-2', 'a', 'b', 'dk-1', 'dk-3']);
    ring.replaceDataKeys([dataKey('dk-2', true)], ['a']);
    expect(ring.sealingIds).toEqual(['dk-2', 'b']);
    expect(ring.findKey('dk-1')).toBeUndefined();
    expect(ring.findKey('a')).toBeDefined();
  });
});

describe('counting seals', () => {
  it('counts for the key that has sealed, and gives back what could not be written', () => {
    const vault = vaultWith(KEY_A, KEY_B);
    const seal = (): Buffer => vault.seal(new Secret('x'), binding);

    seal();
    seal();
    vault.sealWith('b');
    seal();
    const counts = vault.takeSealCounts();
    expect([...counts]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(vault.takeSealCounts().size).toBe(0);
    vault.returnSealCounts(counts);
    seal();
    expect(Object.fromEntries(vault.takeSealCounts())).toEqual({ a: 2, b: 2 });
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

/** What `toThrow` compares: the code, not the words. */
function failure(code: VaultErrorCode, context = {}): Error {
  const error: Error = expect.objectContaining({ name: 'VaultError', code, context });
  return error;
}
