import { inspect } from 'node:util';
import { Secret } from '@consent-hub/psd2-protocol';
import { readTokenAnswer } from './token-answer.js';

const PAIR = { access_token: 'at-1', refresh_token: 'rt-1', token_type: 'Bearer', expires_in: 3600 };
const read = (body: unknown) =>
  readTokenAnswer(new Secret(typeof body === 'string' ? body : JSON.stringify(body)));

describe('an answer of POST /token', () => {
  it('of version 3 grants a pair and a token for the history', () => {
    const granted = read({ ...PAIR, scope: 'AIS', sca_token: 'st-1' });

    expect(granted.accessToken.reveal()).toBe('at-1');
    expect(granted.refreshToken.reveal()).toBe('rt-1');
    expect(granted.scaToken?.reveal()).toBe('st-1');
    expect(granted.expiresInSeconds).toBe(3600);
    expect(granted).not.toHaveProperty('logicalId');
    expect(granted).not.toHaveProperty('iban');
  });

  it('of version 2 names the account', () => {
    const granted = read({ ...PAIR, logical_id: 'eyJ0.x.y', iban: 'be39 0000 0007 6000' });

    expect(granted).toMatchObject({ logicalId: 'eyJ0.x.y', iban: 'BE39000000076000' });
    expect(granted).not.toHaveProperty('scaToken');
  });

  it.each([
    [900, 900],
    ['900', 900],
    [' 3599 ', 3599],
    [899.9, 899],
    [31_536_000, 31_536_000],
    [1, 1],
  ])('lives %j seconds', (expiresIn, seconds) => {
    expect(read({ ...PAIR, expires_in: expiresIn }).expiresInSeconds).toBe(seconds);
  });

  it.each([0, -1, '', 'soon', null, true, [], {}, 31_536_001, 1e300, undefined])(
    'lives the shortest known life when expires_in is %j',
    (expiresIn) => {
      expect(read({ ...PAIR, expires_in: expiresIn }).expiresInSeconds).toBe(900);
    },
  );

  it.each([
    ['token_type in capitals', { token_type: 'BEARER' }],
    ['no token_type', { token_type: undefined }],
    ['fields that nobody knows', { id_token: 'x', nested: { a: [1] } }],
    ['fields of the wrong type', { logical_id: 7, iban: null, sca_token: '' }],
    ['escaped control characters', { scope: 'A\u0000I\nS' }],
  ])('is read with %s', (_what, fields) => {
    const granted = read({ ...PAIR, ...fields });

    expect(granted.refreshToken.reveal()).toBe('rt-1');
    expect(Object.keys(granted)).toEqual(['accessToken', 'refreshToken', 'expiresInSeconds']);
  });

  it('is read behind a byte order mark and with white space around', () => {
    expect(read(`\uFEFF\r\n ${JSON.stringify(PAIR)}\n`).accessToken.reveal()).toBe('at-1');
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"access_token":"at-1","refresh_tok'],
    ['no object', '["at-1","rt-1"]'],
    ['null', 'null'],
    ['without an access token', { ...PAIR, access_token: undefined }],
    ['without a refresh token', { ...PAIR, refresh_token: undefined }],
    ['with an empty token', { ...PAIR, access_token: '' }],
    ['with a token that is no text', { ...PAIR, refresh_token: 12345 }],
  ])('is unreadable when it is %s, and says so without quoting it', (_what, body) => {
    const error = errorOf(() => read(body));

    expect(error).toMatchObject({ name: 'BankError', code: 'unreadable_answer' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/[ar]t-1/);
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
