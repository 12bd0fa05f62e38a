import { Secret } from '@consent-hub/psd2-protocol';
import { KeyRing } from './key-ring.js';
import { readScaState, writeScaState } from './sca-state.js';
import { TokenVault } from './token-vault.js';

const ID = '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70';
const OTHER_ID = '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e71';
const AT = new Date('2026-11-27T16:00:00Z');
const vaultWith = (fill: string) =>
  new TokenVault(KeyRing.parse(`k1:${Buffer.alloc(32, fill).toString('base64')}`));
const vault = vaultWith('a');

describe('the state of a later authentication', () => {
  const state = writeScaState(vault, { consentId: ID, expiresAt: AT }).reveal();

  it('says for which consent it is and until when, to a vault with its key', () => {
    expect(readScaState(vault, new Secret(state))).toEqual({ consentId: ID, expiresAt: AT });
    expect(readScaState(vaultWith('b'), new Secret(state))).toBeNull();
  });

  it('survives the way through a URL as it is', () => {
    expect(encodeURIComponent(state)).toBe(state);
    expect(state.length).toBeLessThan(200);
  });

  it.each([
    ['for another consent', state.replace(ID, OTHER_ID)],
    ['cut short', state.slice(0, -4)],
    ['with a character changed', state.slice(0, -1) + (state.endsWith('A') ? 'B' : 'A').padEnd(1)],
    ['without its seal', ID],
    ['the state of a link', 'x1kzE7QhSW9sU0v3mJm2Vw5oWnq3y8u4bq0f6yQ1c2E'],
    ['of any other bytes', `${ID}.${Buffer.alloc(64, 7).toString('base64url')}`],
    ['empty', ''],
  ])('is none when it is %s', (_what, text) => {
    expect(readScaState(vault, new Secret(text))).toBeNull();
  });
});
