import { createHash } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';
import { apiKeyOf, hashApiKey, newApiKey } from './api-key.js';

describe('an API key', () => {
  it('is 256 random bits behind a prefix', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey().reveal());
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^ch_[A-Za-z0-9_-]{43}$/);
  });

  it('is stored as its SHA-256', () => {
    const key = new Secret('ch_abc');
    expect(hashApiKey(key)).toEqual(createHash('sha256').update('ch_abc').digest());
  });

  it.each(['Bearer', 'bearer', 'BEARER'])(
    'is read from the header whatever the case of the scheme: %s',
    (scheme) => {
      const key = newApiKey().reveal();
      expect(apiKeyOf(`${scheme} ${key}`)?.reveal()).toBe(key);
    },
  );

  const key = newApiKey().reveal();
  it.each([
    ['empty', ''],
    ['without a scheme', key],
    ['of another scheme', `Basic ${key}`],
    ['without a key', 'Bearer '],
    ['with two keys', `Bearer ${key} ${key}`],
    ['with two spaces', `Bearer  ${key}`],
    ['of another prefix', `Bearer xx_${key.slice(3)}`],
    ['cut short', `Bearer ${key.slice(0, -1)}`],
    ['too long', `Bearer ${key}a`],
    ['with a foreign character', `Bearer ${key.slice(0, -1)}$`],
    ['with a line break after it', `Bearer ${key}\n`],
  ])('is not read from a header that is %s', (_fault, header) => {
    expect(apiKeyOf(header)).toBeUndefined();
  });
});
