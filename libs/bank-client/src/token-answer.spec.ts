import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Secret } from '@consent-hub/psd2-protocol';
import { textOf } from './answer-text.js';
import { holdsPair, readTokenAnswer } from './token-answer.js';

const PAIR = { access_token: 'at-1', refresh_token: 'rt-1', token_type: 'Bearer', expires_in: 3600 };
const read = (body: unknown) =>
  readTokenAnswer(new Secret(typeof body === 'string' ? body : JSON.stringify(body)));

describe('an answer of POST /token', () => {
  it('of version 3 grants a pair and a token for the history', () => {
    const granted = read({ ...PAIR, scope: 'AIS', sca_token: 'st-1' });

    expect(granted.accessToken.reveal()).toBe('at-1');
    expect(granted.refreshToken?.reveal()).toBe('rt-1');
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
    ['unknown fields', { id_token: 'x', nested: { a: [1] } }],
    ['fields of the wrong type', { logical_id: 7, iban: null, sca_token: '' }],
    ['escaped control characters', { scope: 'A\u0000I\nS' }],
  ])('is read with %s', (_what, fields) => {
    const granted = read({ ...PAIR, ...fields });

    expect(granted.refreshToken?.reveal()).toBe('rt-1');
    expect(Object.keys(granted)).toEqual(['accessToken', 'refreshToken', 'expiresInSeconds']);
  });

  it('is read behind a byte order mark and with white space around', () => {
    expect(read(`\uFEFF\r\n ${JSON.stringify(PAIR)}\n`).accessToken.reveal()).toBe('at-1');
  });

  it.each([
    ['says nothing of it', { access_token: 'at-2', token_type: 'Bearer', expires_in: 3600 }],
    ['says null', { ...PAIR, access_token: 'at-2', refresh_token: null }],
    ['says nothing in quotes', { ...PAIR, access_token: 'at-2', refresh_token: '' }],
    ['names only its life', { access_token: 'at-2', expires_in: '3600', refresh_token_expires_in: 86_400 }],
  ])('leaves the refresh token as it is when it %s', (_what, body) => {
    const granted = read(body);

    expect(granted.accessToken.reveal()).toBe('at-2');
    expect(granted).not.toHaveProperty('refreshToken');
    expect(granted.expiresInSeconds).toBe(3600);
    // One that breaks off may have had more to come.
    expect(holdsPair(JSON.stringify(body))).toBe(false);
  });

  const JSON_PAIR = JSON.stringify(PAIR);
  it.each([
    ['little-endian', Buffer.from(JSON_PAIR, 'utf16le')],
    ['big-endian', Buffer.from(JSON_PAIR, 'utf16le').swap16()],
    ['with a byte order mark', Buffer.from(`\uFEFF${JSON_PAIR}`, 'utf16le')],
    ['with another character', Buffer.from(JSON.stringify({ ...PAIR, note: '\u20ac \u00e9' }), 'utf16le')],
  ])('is read in UTF-16, %s', (_what, bytes) => {
    expect(read(textOf(bytes)).refreshToken?.reveal()).toBe('rt-1');
  });

  it.each([
    ['a raw control character in another field', `{"scope":"A\u0001S",${JSON_PAIR.slice(1)}`],
    ['a raw line feed in another field', `${JSON_PAIR.slice(0, -1)},"note":"a\nb"}`],
    ['a lone backslash in another field', `{"note":"C:\\dir",${JSON_PAIR.slice(1)}`],
    ['a lone backslash before the end of another field', `{"note":"C:\\",${JSON_PAIR.slice(1)}`],
    ['something behind it', `${JSON_PAIR}\n<!-- served by proxy-3 -->`],
    ['another object behind it', `${JSON_PAIR}{"took_ms":12}`],
    ['itself behind it', JSON_PAIR + JSON_PAIR],
    ['something before it', `)]}',\n${JSON_PAIR}`],
    ['two byte order marks', `\uFEFF\uFEFF${JSON_PAIR}`],
    ['its end missing', `${JSON_PAIR.slice(0, -1)},"scope":"A`],
    ['a comma too many', `${JSON_PAIR.slice(0, -1)},}`],
    ['NaN in another field', `{"age":NaN,${JSON_PAIR.slice(1)}`],
    ['a list around it', `[${JSON_PAIR}]`],
    ['white space around its colons', JSON_PAIR.replaceAll(':', ' :\t') + ';'],
  ])('that is nearly JSON grants its pair: with %s', (_what, text) => {
    const granted = read(text);

    expect(granted.accessToken.reveal()).toBe('at-1');
    expect(granted.refreshToken?.reveal()).toBe('rt-1');
    expect(granted.expiresInSeconds).toBe(3600);
  });

  it('that is nearly JSON names the account too, with the escapes of other writers', () => {
    const granted = read(
      '{"access_token":"at\\/1\\u003d","refresh_token":"rt-1","expires_in":"900","logical_id":"eyJ0.x.y","iban":"BE39 0000 0007 6000","sca_token":"st-1"}<!-- -->',
    );

    expect(granted.accessToken.reveal()).toBe('at/1=');
    expect(granted).toMatchObject({ expiresInSeconds: 900, logicalId: 'eyJ0.x.y', iban: 'BE39000000076000' });
    expect(granted.scaToken?.reveal()).toBe('st-1');
  });

  it('that could not be decoded is read once it can be', () => {
    expect(read(`undecoded:gzip:${gzipSync(JSON_PAIR).toString('base64')}`).refreshToken?.reveal()).toBe(
      'rt-1',
    );
  });

  it.each([
    ['cut short', '{"access_token":"at-1","refresh_tok'],
    ['cut short within the second token', '{"access_token":"at-1","refresh_token":"rt-1'],
    ['no JSON, with a control character in a token', '{"access_token":"at\u0001-1","refresh_token":"rt-1"'],
    ['no JSON, with a backslash in a token', '{"access_token":"at-1\\","refresh_token":"rt-1","a":"\\x"}'],
    ['no JSON, with two pairs', `${JSON_PAIR}{"access_token":"at-2","refresh_token":"rt-2"}`],
    ['without an access token', { ...PAIR, access_token: undefined }],
    ['without a refresh token, and no JSON', '{"access_token":"at-1","expires_in":3600}}'],
    ['with a refresh token in other words', { access_token: 'at-1', refreshToken: 'rt-1' }],
    ['with a refresh token deeper within', { access_token: 'at-1', data: { refresh_token: 'rt-1' } }],
    ['with a refresh token in a text', { access_token: 'at-1', data: '{"refresh_token":"rt-1"}' }],
    ['with a list of refresh tokens', { access_token: 'at-1', refresh_token: ['rt-1'] }],
    ['with an empty token', { ...PAIR, access_token: '' }],
    ['with a token that is no text', { ...PAIR, refresh_token: 12345 }],
    ['in other words', { accessToken: 'at-1', refreshToken: 'rt-1' }],
    ['not decoded', `undecoded:zstd:${gzipSync(JSON_PAIR).toString('base64')}`],
  ])('is unreadable, and to be stored, when it is %s', (_what, body) => {
    expectUnreadable(body, true);
  });

  it.each([
    ['empty', ''],
    ['white space', ' \r\n'],
    ['null', 'null'],
    ['a page', '<html><body>We are back soon</body></html>'],
    ['a page whose script names tokens', '<!DOCTYPE html><script>var accessToken = read()</script>'],
    ['an error', { error: 'maintenance' }],
    ['tokens that are nothing', { access_token: null, refresh_token: '' }],
    ['an object without tokens', { status: 'ok' }],
    ['a list of something', '["at-1","rt-1"]'],
  ])('holds no pair when it is %s', (_what, body) => {
    expectUnreadable(body, false);
  });

  /** Says so without quoting it. */
  function expectUnreadable(body: unknown, holdsPair: boolean): void {
    const error = errorOf(() => read(body));

    expect(error).toMatchObject({ name: 'BankError', code: 'unreadable_answer', context: { holdsPair } });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/[ar]t-1/);
  }
});

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
