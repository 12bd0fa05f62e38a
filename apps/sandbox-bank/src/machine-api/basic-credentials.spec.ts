import { basicCredentials } from './basic-credentials.js';

const readings = (authorization: string): [string, string][] =>
  basicCredentials(authorization).map(({ clientId, clientSecret }) => [clientId, clientSecret.reveal()]);
const basic = (text: string, scheme = 'Basic'): string => `${scheme} ${Buffer.from(text).toString('base64')}`;

describe('Basic credentials', () => {
  it.each(['Basic', 'basic', 'BASIC'])('are read after the scheme %s', (scheme) => {
    expect(readings(basic('id:secret', scheme))).toEqual([['id', 'secret']]);
  });

  it('end the id at the first colon', () => {
    expect(readings(basic('id:se:cret'))).toEqual([['id', 'se:cret']]);
  });

  it('may have an empty secret', () => {
    expect(readings(basic('id:'))).toEqual([['id', '']]);
  });

  it('are read percent-decoded first, and then as they are', () => {
    expect(readings(basic('i%64:se+cr%3Aet'))).toEqual([
      ['id', 'se cr:et'],
      ['i%64', 'se+cr%3Aet'],
    ]);
  });

  it('are read as they are when a percent sign encodes nothing', () => {
    expect(readings(basic('id:100%'))).toEqual([['id', '100%']]);
  });

  it.each([
    ['another scheme', 'Bearer aWQ6c2VjcmV0'],
    ['no scheme', 'aWQ6c2VjcmV0'],
    ['nothing after the scheme', 'Basic '],
    ['what is no base64', 'Basic id:secret'],
    ['no colon', basic('id')],
    ['no id', basic(':secret')],
    ['a control character in the id', basic('i\u0000d:secret')],
    ['letters beyond ASCII in the id', basic('ïd:secret')],
  ])('are not read from %s', (_what, authorization) => expect(readings(authorization)).toEqual([]));

  it('are not read with an encoded control character in the id', () => {
    expect(readings(basic('i%00d:secret'))).toEqual([['i%00d', 'secret']]);
  });
});
