import { REDIRECT_URI } from '../../support/bank-under-test.js';

/** RFC 7636 appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const IBAN = 'BE83063154780915';
const FORM = 'application/x-www-form-urlencoded';
/** A UUID of version 4 but for its variant, as the tests of one client have it. */
const ODD_REQUEST_ID = '8c6e1f5a-0b9d-4e7c-0a3f-5d2b1c4e6f70';

type Header = readonly [name: string, value: string];

/** One client of the bank from its first call to its first refresh; names, order and spelling as that client has them. */
export interface RecordedConsent {
  readonly client: string;
  readonly consentUris: { readonly path: string; readonly headers: readonly Header[] };
  readonly languages: readonly string[];
  readonly token: {
    readonly headers: readonly Header[];
    /** `{code}` and `{refresh_token}` stand for what the bank gave. */
    readonly code: string;
    readonly refresh: string;
  };
  readonly granted: readonly string[];
}

const accept = (version: string): Header => [
  'Accept',
  `application/vnd.belfius.api+json; version=${version}`,
];

const TOKEN_FORMS = {
  code: `grant_type=authorization_code&code={code}&redirect_uri=${encodeURIComponent(REDIRECT_URI)}&code_verifier=${VERIFIER}`,
  refresh: 'grant_type=refresh_token&refresh_token={refresh_token}',
};

/** One client through its years: the versions changed, its way of calling did not. */
const aggregator = (
  years: string,
  versions: { consent: string; token: string },
  query: string,
): Omit<RecordedConsent, 'granted'> => ({
  client: `an aggregator of ${years}`,
  consentUris: {
    path: `/consent-uris?${query}`,
    headers: [
      ['Accept-Language', 'fr'],
      ['Client-ID', '{client_id}'],
      ['redirect-uri', REDIRECT_URI],
      ['Request-ID', '{request_id}'],
      accept(versions.consent),
      ['Code-Challenge', CHALLENGE],
      ['Code-Challenge-Method', 'S256'],
      ['User-Agent', 'Jersey/2.25'],
      ['X-Debug', 'force'],
    ],
  },
  languages: ['fr'],
  token: {
    headers: [
      ['Accept-Language', 'fr'],
      ['Authorization', '{basic}'],
      accept(versions.token),
      ['Request-ID', '{request_id}'],
      ['Content-Type', FORM],
    ],
    ...TOKEN_FORMS,
  },
});

const PAIR = ['access_token', 'expires_in', 'iban', 'logical_id', 'refresh_token', 'scope'];
const WITH_SCA_TOKEN = [...PAIR, 'sca_token', 'token_type'];

export const RECORDED_CONSENTS: readonly RecordedConsent[] = [
  {
    ...aggregator('2019', { consent: '1', token: '1' }, `iban=${IBAN}`),
    granted: [...PAIR, 'token_type'],
  },
  {
    ...aggregator('2021', { consent: '2', token: '1.1' }, `iban=${IBAN}&scope=AIS`),
    granted: WITH_SCA_TOKEN,
  },
  {
    ...aggregator('2022', { consent: '3', token: '2' }, `iban=${IBAN}&scope=AIS`),
    granted: WITH_SCA_TOKEN,
  },
  {
    client: 'a provider of 2022 with a Request-ID of no known variant',
    consentUris: {
      path: `/consent-uris?scope=AIS&iban=${IBAN}`,
      headers: [
        ['code-challenge-method', 'S256'],
        ['code-challenge', CHALLENGE],
        ['accept', accept('3')[1]],
        ['accept-language', 'nl'],
        ['client-id', '{client_id}'],
        ['redirect-uri', REDIRECT_URI],
        ['request-id', ODD_REQUEST_ID],
      ],
    },
    languages: ['nl'],
    token: {
      headers: [
        ['accept', accept('2')[1]],
        ['content-type', `${FORM};charset=UTF-8`],
        ['authorization', '{basic}'],
        ['request-id', ODD_REQUEST_ID],
      ],
      code: `grant_type=authorization_code&redirect_uri=${encodeURIComponent(REDIRECT_URI)}&code={code}&code_verifier=${VERIFIER}`,
      refresh: TOKEN_FORMS.refresh,
    },
    granted: WITH_SCA_TOKEN,
  },
  {
    client:
      'a kit of 2020 that spells its challenge in padded base64, with a language that the bank does not have',
    consentUris: {
      path: `/consent-uris?scope=AIS&iban=${IBAN}`,
      headers: [
        ['Client-ID', '{client_id}'],
        ['Request-ID', '{request_id}'],
        accept('1'),
        ['Accept-Language', 'en'],
        ['Redirect-URI', REDIRECT_URI],
        ['Code-Challenge-Method', 'S256'],
        // SHA-256 of its verifier, which is a UUID and so shorter than RFC 7636 has it.
        ['Code-Challenge', '{padded_challenge}'],
      ],
    },
    languages: ['fr', 'nl'],
    token: {
      headers: [
        ['Client-ID', '{client_id}'],
        ['Request-ID', '{request_id}'],
        accept('1'),
        ['Authorization', '{basic}'],
        ['Content-Type', `${FORM}; charset=utf-8`],
      ],
      // As it was published, the kit makes two more mistakes here: see KIT_MISTAKES.
      code: `code={code}&code_verifier={uuid}&grant_type=authorization_code&redirect_uri=${REDIRECT_URI}`,
      refresh: 'refresh_token={refresh_token}&grant_type=refresh_token',
    },
    granted: [...PAIR, 'token_type'],
  },
];

/**
 * What the kit of 2020 sends with a good code, each a value that differs from that of GET /consent-uris. Assumed: every
 * fault of a code is refused with the same words.
 */
export const KIT_MISTAKES: readonly (readonly [what: string, fields: Readonly<Record<string, string>>])[] = [
  ['the challenge in place of the verifier', { code_verifier: `${CHALLENGE.replaceAll('-', '+')}=` }],
  ['the redirect URI without its query', { redirect_uri: REDIRECT_URI.replace(/\?.*/, '') }],
];
