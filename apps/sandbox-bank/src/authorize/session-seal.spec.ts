import { Secret } from '@consent-hub/psd2-protocol';
import { openWithKey, sealWithKey } from './session-seal.js';

describe('a sealed answer', () => {
  const key = new Secret('the key');
  const uri = new Secret('https://tpp.example/callback?code=the-code&state=é');

  it('is opened by the key that sealed it', () => {
    expect(openWithKey(key, sealWithKey(key, uri)).reveal()).toBe(uri.reveal());
  });

  it('is opened by no other key', () => {
    expect(() => openWithKey(new Secret('another key'), sealWithKey(key, uri))).toThrow();
  });

  it('is not opened when it has been changed', () => {
    const sealed = sealWithKey(key, uri);
    sealed.writeUInt8(sealed.readUInt8(20) ^ 1, 20);
    expect(() => openWithKey(key, sealed)).toThrow();
  });

  it('shows nothing of the answer, and is another one each time', () => {
    const [one, other] = [sealWithKey(key, uri), sealWithKey(key, uri)];
    expect(one.toString('latin1')).not.toContain('code');
    expect(one.equals(other)).toBe(false);
  });
});
