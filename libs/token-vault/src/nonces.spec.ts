import { NONCE_BYTES } from './envelope.js';
import { Nonces } from './nonces.js';

describe('nonces', () => {
  it('are of the right length and never given twice, beyond one draw', () => {
    const nonces = new Nonces();
    const given = Array.from({ length: 1000 }, () => nonces.next());
    expect(given.every(({ length }) => length === NONCE_BYTES)).toBe(true);
    expect(new Set(given.map((nonce) => nonce.toString('hex'))).size).toBe(1000);
  });

  it('stay as they were given when more are drawn', () => {
    const nonces = new Nonces();
    const first = nonces.next();
    const before = first.toString('hex');
    for (let more = 0; more < 600; more++) nonces.next();
    expect(first.toString('hex')).toBe(before);
  });

  it('are not the same in two vaults', () => {
    expect(new Nonces().next().equals(new Nonces().next())).toBe(false);
  });
});
