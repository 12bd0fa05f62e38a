import { randomBytes } from 'node:crypto';
import { openSealed, seal } from './secrets.js';

describe('a sealed answer', () => {
  const key = randomBytes(32);
  const uri = 'https://tpp.example/callback?code=the-code&state=é';

  it('is opened by the key that sealed it', () => {
    expect(openSealed(key, seal(key, uri))).toBe(uri);
  });

  it('is opened by no other key', () => {
    expect(() => openSealed(randomBytes(32), seal(key, uri))).toThrow();
  });

  it('is opened for no other purpose', () => {
    expect(openSealed(key, seal(key, uri, 'one list'), 'one list')).toBe(uri);
    expect(() => openSealed(key, seal(key, uri, 'one list'), 'another list')).toThrow();
  });

  it('is not opened when it has been changed', () => {
    const sealed = seal(key, uri);
    sealed.writeUInt8(sealed.readUInt8(20) ^ 1, 20);
    expect(() => openSealed(key, sealed)).toThrow();
  });

  it.each([0, 12, 27])('is not opened when it has %d bytes only', (length) => {
    expect(() => openSealed(key, seal(key, uri).subarray(0, length))).toThrow();
  });

  it('shows nothing of the answer, and is another one each time', () => {
    const [one, other] = [seal(key, uri), seal(key, uri)];
    expect(one.toString('latin1')).not.toContain('code');
    expect(one.equals(other)).toBe(false);
  });
});
