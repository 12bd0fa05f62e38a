import { inspect } from 'node:util';
import { Secret } from './secret.js';

describe('a secret', () => {
  const secret = new Secret('s3cr3t-value');

  it.each([
    ['text', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['util.inspect', inspect({ nested: { secret } }, { depth: 5, showHidden: true })],
    ['a list', [secret, secret].join()],
    ['an error message', new Error('refused', { cause: secret }).cause?.toString() ?? ''],
  ])('does not print in %s', (_where, text) => {
    expect(text).not.toContain('s3cr3t-value');
    expect(text).toContain('[redacted]');
  });

  it('returns its value through `reveal` only', () => {
    expect(secret.reveal()).toBe('s3cr3t-value');
  });

  it('has no enumerable property that a serialiser could walk', () => {
    expect(Object.keys(secret)).toEqual([]);
  });
});
