import { Secret } from '@consent-hub/psd2-protocol';
import { CALLBACK_ERROR, callbackUri } from './callback.js';

const code = new Secret('c-1');

describe('the way back to the TPP', () => {
  it.each([
    ['https://tpp.example/cb', 'https://tpp.example/cb?code=c-1&state=s'],
    ['https://tpp.example', 'https://tpp.example?code=c-1&state=s'],
    ['https://tpp.example/cb?', 'https://tpp.example/cb?code=c-1&state=s'],
    ['https://tpp.example/cb?flow=1', 'https://tpp.example/cb?flow=1&code=c-1&state=s'],
    ['https://tpp.example/cb?flow=1&', 'https://tpp.example/cb?flow=1&code=c-1&state=s'],
    ['https://tpp.example/cb?a=%7E+b&a=2', 'https://tpp.example/cb?a=%7E+b&a=2&code=c-1&state=s'],
    ['be.tpp.app:/cb', 'be.tpp.app:/cb?code=c-1&state=s'],
  ])('keeps %s as it is written, and adds to its query', (redirectUri, expected) => {
    expect(callbackUri(redirectUri, { code, state: 's' })).toBe(expected);
  });

  it.each(['a b', 'a+b', 'a&b=c', 'a%2Fb', 'ü€', '"<\'>#?'])('carries the state %s unchanged', (state) => {
    const { searchParams } = new URL(callbackUri('https://tpp.example/cb', { code, state }));
    expect(searchParams.get('state')).toBe(state);
    expect([...searchParams.keys()]).toEqual(['code', 'state']);
  });

  it('has no state where none came', () => {
    expect(callbackUri('https://tpp.example/cb', { code, state: undefined })).toBe(
      'https://tpp.example/cb?code=c-1',
    );
  });

  it('says why it brings no code', () => {
    const { searchParams } = new URL(
      callbackUri('https://tpp.example/cb', { ...CALLBACK_ERROR.refused, state: 's' }),
    );
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'The customer refused the request',
      state: 's',
    });
  });
});
