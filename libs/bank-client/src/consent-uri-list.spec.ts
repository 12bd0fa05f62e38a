import { Secret } from '@consent-hub/psd2-protocol';
import { readConsentUris } from './consent-uri-list.js';

const LAUNCHER = 'https://www.belfius.be/common/fr/fw/generic/launcher.html';
const read = (uri: unknown, state = 's') =>
  readConsentUris(JSON.stringify([{ language: 'fr', consent_uri: uri }]), { state: new Secret(state) })?.[0]
    ?.uri;

describe('consent URIs', () => {
  it('come one per language, in the order of the bank', () => {
    const body = JSON.stringify([
      { language: 'nl', consent_uri: `${LAUNCHER}?a=1` },
      { language: 'fr', consent_uri: `${LAUNCHER}?a=2`, device: 'web' },
    ]);

    expect(readConsentUris(body, { state: new Secret('s') })).toEqual([
      { language: 'nl', uri: `${LAUNCHER}?a=1&state=s` },
      { language: 'fr', uri: `${LAUNCHER}?a=2&state=s` },
    ]);
  });

  it.each([
    [`${LAUNCHER}?appkey=K&apptoken=a%2Fb+c=`, `${LAUNCHER}?appkey=K&apptoken=a%2Fb+c=&state=s`],
    [LAUNCHER, `${LAUNCHER}?state=s`],
    [`${LAUNCHER}?`, `${LAUNCHER}?state=s`],
    [`${LAUNCHER}?a=1&`, `${LAUNCHER}?a=1&state=s`],
    [`${LAUNCHER}?a=1#/start?x=2`, `${LAUNCHER}?a=1&state=s#/start?x=2`],
    [`${LAUNCHER}#a#b`, `${LAUNCHER}?state=s#a#b`],
    ['http://127.0.0.1:8080/common/nl?t=1', 'http://127.0.0.1:8080/common/nl?t=1&state=s'],
    ['HTTPS://Bank.example?a=É', 'HTTPS://Bank.example?a=É&state=s'],
  ])('keep every letter of %s and carry the state', (uri, expected) => {
    expect(read(uri)).toBe(expected);
  });

  it('carry a state that a query could misread', () => {
    expect(read(`${LAUNCHER}?a=1`, 'a b&c=d+e/é#f')).toBe(
      `${LAUNCHER}?a=1&state=a%20b%26c%3Dd%2Be%2F%C3%A9%23f`,
    );
  });

  it.each([
    'javascript:alert(1)',
    'ftp://bank.example/x',
    '/common/fr',
    '//bank.example/common',
    'https://',
    'https:bank.example',
    ' https://bank.example',
    'https://bank.example/a b',
    'https://bank.example/\r\nSet-Cookie: x=1',
    'https://bank.example/"onclick=',
    '',
    7,
    null,
    undefined,
  ])('are not used when one is %j', (uri) => {
    expect(read(uri)).toBeUndefined();
  });

  it.each(['', '[]', '{}', 'null', '["https://bank.example"]', '[{"language":"fr"}]'])(
    'are not used when the answer is %s',
    (body) => {
      expect(readConsentUris(body, { state: new Secret('s') })).toBeUndefined();
    },
  );

  it.each([
    null,
    7,
    'https://bank.example/fr',
    [],
    {},
    { language: 'fr' },
    { language: 'fr', consent_uri: 'javascript:alert(1)' },
  ])('are used when the list has an element that cannot be used: %j', (element) => {
    const good = { language: 'nl', consent_uri: `${LAUNCHER}?a=1` };

    for (const list of [
      [element, good],
      [good, element],
    ])
      expect(readConsentUris(JSON.stringify(list), { state: new Secret('s') })).toEqual([
        { language: 'nl', uri: `${LAUNCHER}?a=1&state=s` },
      ]);
  });

  it.each([
    ['the one in its path', { consent_uri: LAUNCHER }, undefined, 'fr'],
    ['the one in its path, not the one that was asked for', { consent_uri: LAUNCHER }, 'nl', 'fr'],
    ['the one that was asked for', { consent_uri: 'https://bank.example/x' }, 'nl', 'nl'],
    ['none', { consent_uri: 'https://bank.example/x', language: null }, undefined, 'und'],
  ] as const)('have a language that the bank did not say: %s', (_what, element, language, expected) => {
    const request = { state: new Secret('s'), ...(language && { language }) };

    expect(readConsentUris(JSON.stringify([element]), request)).toMatchObject([{ language: expected }]);
  });

  it.each([
    [undefined, ['fr', 'de', 'NL', 'nl']],
    ['nl', ['NL', 'nl', 'fr', 'de']],
    ['fr', ['fr', 'de', 'NL', 'nl']],
  ] as const)('begin with the language that was asked for: %s', (language, expected) => {
    const body = JSON.stringify(
      ['fr', 'de', 'NL', 'nl'].map((each) => ({ language: each, consent_uri: LAUNCHER })),
    );
    const request = { state: new Secret('s'), ...(language && { language }) };

    expect(readConsentUris(body, request)?.map((uri) => uri.language)).toEqual(expected);
  });

  it.each(['nl', 'NL', 'nl-BE', 'nl_BE'])('begin with Dutch for who asked for it, written %s', (language) => {
    const body = JSON.stringify([
      { language: 'fr', consent_uri: LAUNCHER },
      { consent_uri: 'https://bank.example/nld' },
      { language, consent_uri: `${LAUNCHER}?a=2` },
    ]);

    const uris = readConsentUris(body, { state: new Secret('s'), language: 'nl' });

    expect(uris?.map((uri) => uri.language)).toEqual(['nl', language, 'fr']);
  });

  it('are used when the answer is the only one, without a list around it', () => {
    const body = JSON.stringify({ language: 'fr', consent_uri: LAUNCHER });

    expect(readConsentUris(body, { state: new Secret('s') })).toHaveLength(1);
  });
});
