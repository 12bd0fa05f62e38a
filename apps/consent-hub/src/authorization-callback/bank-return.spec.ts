import { inspect } from 'node:util';
import { readBankReturn } from './bank-return.js';

describe('a return from the bank', () => {
  it('brings a code', () => {
    const back = readBankReturn({ code: 'the-code', state: 'the-state', iss: 'whatever' });
    expect(back).toMatchObject({ kind: 'code' });
    expect(back?.state.reveal()).toBe('the-state');
    expect(back?.kind === 'code' && back.code.reveal()).toBe('the-code');
  });

  it('brings an error, whose description is left where it is', () => {
    const query = { error: 'access_denied', error_description: 'No, thanks', state: 'the-state' };
    expect(readBankReturn(query)).toEqual({
      kind: 'error',
      error: 'access_denied',
      state: expect.anything(),
    });
  });

  it('brings the SCA token of a later authentication', () => {
    const back = readBankReturn({ state: 's', sca_token: 'eyJ.x.y' });
    expect(back).toMatchObject({ kind: 'sca_token' });
    expect(back?.kind === 'sca_token' && back.scaToken.reveal()).toBe('eyJ.x.y');
    expect(readBankReturn({ state: 's', sca_token: ['a', 'b'] })).toBeNull();
    expect(readBankReturn({ state: 's', sca_token: 'x', error: 'access_denied' })).toMatchObject({
      kind: 'error',
    });
    expect(readBankReturn({ state: 's', sca_token: 'x', code: 'c' })).toMatchObject({ kind: 'code' });
  });

  it('brings neither, which is a failure', () => {
    expect(readBankReturn({ state: 'the-state' })).toMatchObject({ kind: 'bare' });
  });

  it.each(['un mot avec espaces', '<b>no</b>', 'x'.repeat(65), 'é'])(
    'keeps nothing of the error %s',
    (error) => {
      expect(readBankReturn({ state: 's', error })).toMatchObject({ kind: 'error', error: 'unreadable' });
    },
  );

  it.each([
    ['code', { code: '', error: 'access_denied', state: 's' }, 'error'],
    ['error', { code: 'c', error: '', state: 's' }, 'code'],
  ])('counts an empty %s as left out', (_name, query, kind) => {
    expect(readBankReturn(query)).toMatchObject({ kind });
  });

  it.each([
    ['without a state', { code: 'c' }],
    ['with an empty state', { code: 'c', state: '' }],
    ['with two states', { code: 'c', state: ['s', 's'] }],
    ['with two codes', { code: ['c', 'c'], state: 's' }],
    ['with two errors', { error: ['e', 'e'], state: 's' }],
    ['with code and error', { code: 'c', error: 'access_denied', state: 's' }],
    ['with a state that is too long', { code: 'c', state: 'x'.repeat(4097) }],
    ['with a code that is too long', { code: 'x'.repeat(4097), state: 's' }],
    ['with a code of control characters', { code: 'c\u0000', state: 's' }],
    ['with nothing', {}],
  ])('cannot be read %s', (_fault, query) => {
    expect(readBankReturn(query)).toBeNull();
  });

  it('prints neither code nor state', () => {
    const text = inspect(readBankReturn({ code: 'the-code', state: 'the-state' }), { depth: 5 });
    expect(text).not.toMatch(/the-code|the-state/);
  });
});
