import type { CallName, Deviation } from '../../support/test-tpp.js';
import type { Refusal, RefusalFact } from './refusals.js';

const REFERENCE = 'bank page "reference" of that age';
const RECORDED = 'recorded client';
const FLOWS = 'bank page "Flows"';
const ASSUMED = 'assumed: the bank’s page is silent';

const IBAN = 'BE83063154780915';
const BLOCKED = 'BE83088301672015';
const SAVINGS = 'BE73055771310360';
const OF_THE_OTHER_BRAND = 'BE72095100023816';

const missing = (name: string): Refusal => [
  400,
  'missing_input',
  '10001',
  `Missing required input '${name}'.`,
];
const invalid = (name: string, status = 400): Refusal => [
  status,
  'invalid_input',
  '10002',
  `Input '${name}' is not valid.`,
];
const INVALID_INPUT: Refusal = [
  400,
  'INVALID_INPUT',
  'GEN-1202-100002',
  'Invalid request body/path/query input.',
];
const security = (number: number, description: string): Refusal => [
  401,
  'FAILED_SECURITY_VALIDATION',
  `GEN-1203-${number}`,
  description,
];
const channel = (prefix: string): Refusal => [
  403,
  'CHANNEL_NOT_PERMITTED',
  `${prefix}-3007-000000`,
  'This account can not be consultated via electronical channel.',
];
const NOT_SUPPORTED: Refusal = [
  403,
  'ACCOUNT_NOT_SUPPORTED',
  'B14800-3008-000000',
  'This account is not allowed for this type of request.',
];
const NO_ACCOUNT: Refusal = [403, 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000', 'No Account found.'];
const UNKNOWN_CLIENT = security(100009, 'Invalid Api-Key/Client-ID');
const SECURITY_PARAMETERS = security(100008, 'Validation failed for security related parameters');

type Row = readonly [fact: string, source: string, but: Deviation, answer: Refusal];

/** The same deviation of a call in a version. */
const inVersion = (call: CallName, version: string, rows: readonly Row[]): RefusalFact[] =>
  rows.map(([fact, source, but, answer]) => ({
    fact: `${fact}, in version ${version}`,
    source,
    call,
    but: { ...but, version },
    answer,
  }));
/** A call for AIS that names its account, as the older versions have it. */
const named = (but: Deviation): Deviation => ({ ...but, query: { iban: IBAN, ...but.query } });

const consentUris = (version: '1' | '2'): RefusalFact[] =>
  inVersion('AIS consent URIs', version, [
    ['no account', REFERENCE, {}, missing('iban')],
    ['an account number that is none', REFERENCE, { query: { iban: 'BE0' } }, invalid('iban')],
    ['an unknown scope', REFERENCE, named({ query: { scope: 'AISP' } }), invalid('scope')],
    ['the scope PIS', FLOWS, named({ query: { scope: 'PIS' } }), invalid('scope')],
    ['no Request-ID', REFERENCE, named({ headers: { 'Request-ID': null } }), missing('Request-ID')],
    ['no Client-ID', REFERENCE, named({ headers: { 'Client-ID': null } }), missing('Client-ID')],
    ['no Redirect-URI', REFERENCE, named({ headers: { 'Redirect-URI': null } }), missing('Redirect-URI')],
    [
      'a Redirect-URI that is not absolute',
      REFERENCE,
      named({ headers: { 'Redirect-URI': '/callback' } }),
      invalid('Redirect-URI'),
    ],
    [
      'no Code-Challenge',
      REFERENCE,
      named({ headers: { 'Code-Challenge': null } }),
      missing('Code-Challenge'),
    ],
    [
      'no Code-Challenge-Method',
      REFERENCE,
      named({ headers: { 'Code-Challenge-Method': null } }),
      missing('Code-Challenge-Method'),
    ],
    [
      'a Code-Challenge that is no SHA-256',
      REFERENCE,
      named({ headers: { 'Code-Challenge': 'x' } }),
      invalid('Code-Challenge'),
    ],
    ['a scope that came twice', ASSUMED, named({ query: { scope: ['AIS', 'AIS'] } }), invalid('scope')],
    [
      'a blocked account',
      RECORDED,
      { query: { iban: BLOCKED } },
      [403, 'channel_not_permitted', '20003', "This account can't be consulted via electronic channel"],
    ],
    [
      'a savings account',
      RECORDED,
      { query: { iban: SAVINGS } },
      [403, 'account_not_supported', '20004', 'This account is not allowed for this type of request.'],
    ],
    // No words of that age are known for these.
    ['an account of the other brand', ASSUMED, { query: { iban: OF_THE_OTHER_BRAND } }, NO_ACCOUNT],
    ['an unknown Client-ID', ASSUMED, named({ headers: { 'Client-ID': 'l7unknown' } }), UNKNOWN_CLIENT],
    [
      'a Redirect-URI that the TPP did not register',
      ASSUMED,
      named({ headers: { 'Redirect-URI': 'https://tpp.example/' } }),
      SECURITY_PARAMETERS,
    ],
  ]);

const numericToken = (version: '1' | '1.1'): RefusalFact[] => [
  ...(['code', 'refresh'] as const).flatMap((call) =>
    inVersion(call, version, [
      ['no Request-ID', REFERENCE, { headers: { 'Request-ID': null } }, missing('Request-ID')],
      ['no credentials', ASSUMED, { headers: { Authorization: null } }, missing('Authorization')],
      ['a wrong secret', ASSUMED, { headers: { Authorization: 'Basic bDc6eA==' } }, UNKNOWN_CLIENT],
      ['no grant type', REFERENCE, { fields: { grant_type: null } }, missing('grant_type')],
      ['an unknown grant type', REFERENCE, { fields: { grant_type: 'password' } }, invalid('grant_type')],
      [
        'a body in JSON',
        ASSUMED,
        { headers: { 'Content-Type': 'application/json' }, body: '{}' },
        invalid('Content-Type', 415),
      ],
      [
        'a body in text',
        ASSUMED,
        { headers: { 'Content-Type': 'text/plain' }, body: 'x' },
        invalid('Content-Type', 415),
      ],
      [
        'a body that is broken JSON',
        ASSUMED,
        { headers: { 'Content-Type': 'application/json' }, body: '{' },
        [400, 'invalid_input', '10002', 'Input is not valid.'],
      ],
      [
        'a body over 64 KiB',
        ASSUMED,
        { fields: { padding: 'x'.repeat(66_000) } },
        [413, 'invalid_input', '10002', 'Input is not valid.'],
      ],
    ]),
  ),
  ...inVersion('code', version, [
    ['no code', REFERENCE, { fields: { code: null } }, missing('code')],
    ['no redirect URI', REFERENCE, { fields: { redirect_uri: null } }, missing('redirect_uri')],
    ['no verifier', REFERENCE, { fields: { code_verifier: null } }, missing('code_verifier')],
    ['an unknown code', ASSUMED, {}, SECURITY_PARAMETERS],
  ]),
  ...inVersion('refresh', version, [
    ['no refresh token', REFERENCE, { fields: { refresh_token: null } }, missing('refresh_token')],
    [
      'an unknown refresh token',
      RECORDED,
      {},
      [401, 'invalid_grant', '10006', 'refresh token is not valid.'],
    ],
  ]),
];

/** What versions of older ages say to calls with exactly one fault; the words of today are in REFUSALS. */
export const REFUSALS_OF_AGES: readonly RefusalFact[] = [
  ...consentUris('1'),
  ...consentUris('2'),
  ...inVersion('AIS consent URIs', '1', [
    ['CAF, which came later', FLOWS, named({ query: { scope: 'CAF' } }), invalid('scope')],
  ]),
  ...inVersion('AIS consent URIs', '2', [
    ['no scope', REFERENCE, named({ query: { scope: null } }), missing('scope')],
  ]),
  ...inVersion('AIS consent URIs', '3', [
    ['an account number that is none', REFERENCE, { query: { iban: 'BE0' } }, INVALID_INPUT],
    ['a blocked account', RECORDED, { query: { iban: BLOCKED } }, channel('B14800')],
    ['a savings account', RECORDED, { query: { iban: SAVINGS } }, NOT_SUPPORTED],
    ['an account of the other brand', ASSUMED, { query: { iban: OF_THE_OTHER_BRAND } }, NO_ACCOUNT],
  ]),
  // CAF uses that version to this day, and meets the codes of today.
  ...inVersion('CAF consent URIs', '3', [
    ['a blocked account', 'bank page "error codes"', { query: { iban: BLOCKED } }, channel('B14800ZZ')],
  ]),
  ...numericToken('1'),
  ...numericToken('1.1'),
  ...inVersion('refresh', '2', [
    ['an unknown refresh token', RECORDED, {}, security(100004, 'invalid refresh token')],
  ]),
];
