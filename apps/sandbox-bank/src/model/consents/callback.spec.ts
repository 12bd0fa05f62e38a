import { Secret } from '@consent-hub/psd2-protocol';
import { callbackError, callbackUri } from './callback.js';

const code = new Secret('c-1');

describe('the return to the TPP', () => {
  it.each([
    ['https://tpp.example/cb', 'https://tpp.example/cb?code=c-1&state=s'],
    ['https://tpp.example', 'https://tpp.example?code=c-1&state=s'],
    ['https://tpp.example/cb?', 'https://tpp.example/cb?code=c-1&state=s'],
    ['https://tpp.example/cb?flow=1', 'https://tpp.example/cb?flow=1&code=c-1&state=s'],
    ['https://tpp.example/cb?flow=1&', 'https://tpp.example/cb?flow=1&code=c-1&state=s'],
    ['https://tpp.example/cb?a=%7E+b&a=2', 'https://tpp.example/cb?a=%7E+b&a=2&code=c-1&state=s'],
    ['be.tpp.app:/cb', 'be.tpp.app:/cb?code=c-1&state=s'],
  ])('leaves %s as it is written, and adds to its query', (redirectUri, expected) => {
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

  it('drops the query of the redirect URI where the bank is set up so', () => {
    expect(callbackUri('https://tpp.example/cb?flow=1', { code }, 'dropped')).toBe(
      'https://tpp.example/cb?code=c-1',
    );
  });

  it('brings an SCA token under a name of its own', () => {
    expect(callbackUri('https://tpp.example/cb', { scaToken: new Secret('s-1'), state: 's' })).toBe(
      'https://tpp.example/cb?sca_token=s-1&state=s',
    );
  });

  it.each([
    ['refused', 'server_error', 'access_denied', 'The customer refused the request'],
    ['failed', 'server_error', 'server_error', 'The request could not be completed'],
    ['failed', 'temporarily_unavailable', 'temporarily_unavailable', 'The request could not be completed'],
  ] as const)(
    'gives the reason for a return without a code: %s',
    (outcome, technical_failure, error, words) => {
      const explained = callbackError(outcome, { technical_failure, error_description: 'present' });
      const uri = callbackUri('https://tpp.example/cb', { ...explained, state: 's' });
      expect(Object.fromEntries(new URL(uri).searchParams)).toEqual({
        error,
        error_description: words,
        state: 's',
      });
      expect(callbackError(outcome, { technical_failure, error_description: 'absent' })).toEqual({ error });
    },
  );
});
