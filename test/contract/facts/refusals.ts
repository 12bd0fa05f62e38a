import type { CallName, Deviation } from '../../support/test-tpp.js';

/** A row of the bank's error table as it travels, or of what the sandbox bank adds to it. */
export type Refusal = readonly [status: number, error: string, code: string, description: string];

export interface RefusalFact {
  readonly fact: string;
  /** `assumed` where the bank's pages are silent. */
  readonly source: string;
  readonly call: CallName;
  readonly but: Deviation;
  readonly answer: Refusal;
}

export const missingHeader = (name: string): Refusal => [
  400,
  'MISSING_INPUT',
  'GEN-1201-100001',
  `Missing required header input '${name}'`,
];
export const missingInput = (name: string): Refusal => [
  400,
  'MISSING_INPUT',
  'GEN-1201-100002',
  `Missing required body/path/query input '${name}'`,
];
export const INVALID_HEADER: Refusal = [
  400,
  'INVALID_INPUT',
  'GEN-1202-100001',
  'Invalid request header input.',
];
export const INVALID_INPUT: Refusal = [
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
const INVALID_ACCESS_TOKEN = security(100003, 'Invalid access token');
const INVALID_REFRESH_TOKEN = security(100004, 'invalid refresh token');
const SECURITY_PARAMETERS = security(100008, 'Validation failed for security related parameters');
const INVALID_CLIENT = security(100009, 'Invalid Api-Key/Client-ID');
const UNKNOWN_VERSION: Refusal = [406, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.'];
const UNSUPPORTED_TYPE: Refusal = [415, 'INVALID_INPUT', 'GEN-1202-100001', 'Invalid request header input.'];

const REFERENCE = 'bank page "reference": consent-uris';
const FLOWS = 'bank page "Flows"';
const ERRORS = 'bank page "error codes"';
const ASSUMED = 'assumed: the bank’s page is silent';

const rows = (
  source: string,
  call: CallName,
  facts: readonly (readonly [string, Deviation, Refusal])[],
): RefusalFact[] => facts.map(([fact, but, answer]) => ({ fact, source, call, but, answer }));

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const IBAN = 'BE83063154780915';

/** Calls that are well but for one thing, and what the bank says to each. */
export const REFUSALS: readonly RefusalFact[] = [
  ...(['AIS consent URIs', 'code', 'refresh', 'accounts'] as const).flatMap((call) => [
    ...rows(REFERENCE, call, [
      ['a call without a Request-ID', { headers: { 'Request-ID': null } }, missingHeader('Request-ID')],
      ['a Request-ID that is no UUID', { headers: { 'Request-ID': 'r-1' } }, INVALID_HEADER],
      [
        'a Request-ID that is no UUID of version 4',
        { headers: { 'Request-ID': '0192d3f0-5b1e-7c1a-9b1e-6f2d3c4b5a69' } },
        INVALID_HEADER,
      ],
    ]),
    ...rows(ASSUMED, call, [
      ['a version that does not live', { version: '9' }, UNKNOWN_VERSION],
      [
        'an Accept without a version',
        { headers: { Accept: 'application/vnd.belfius.api+json' } },
        UNKNOWN_VERSION,
      ],
      [
        'an Accept of another media type',
        { headers: { Accept: 'application/json; version=4' } },
        UNKNOWN_VERSION,
      ],
      ['a call without an Accept', { headers: { Accept: null } }, UNKNOWN_VERSION],
    ]),
  ]),

  ...rows(ERRORS, 'AIS consent URIs', [
    ['a call without a Client-ID', { headers: { 'Client-ID': null } }, missingHeader('Client-ID')],
    ['an unknown Client-ID', { headers: { 'Client-ID': 'l7unknown' } }, INVALID_CLIENT],
    ['a client of the other brand', { brand: 'banx' }, INVALID_CLIENT],
    ['a call without a Redirect-URI', { headers: { 'Redirect-URI': null } }, missingHeader('Redirect-URI')],
    ['a Redirect-URI that is not absolute', { headers: { 'Redirect-URI': '/callback' } }, INVALID_HEADER],
    [
      'a call without a Code-Challenge-Method',
      { headers: { 'Code-Challenge-Method': null } },
      missingHeader('Code-Challenge-Method'),
    ],
    [
      'a call without a Code-Challenge',
      { headers: { 'Code-Challenge': null } },
      missingHeader('Code-Challenge'),
    ],
    ['a Code-Challenge that is no SHA-256', { headers: { 'Code-Challenge': 'short' } }, INVALID_HEADER],
    ['an empty header', { headers: { 'Code-Challenge': '' } }, missingHeader('Code-Challenge')],
    ['a call without a scope', { query: { scope: null } }, missingInput('scope')],
    ['an empty scope', { query: { scope: '' } }, missingInput('scope')],
    ['an unknown scope', { query: { scope: 'PISP' } }, INVALID_INPUT],
    ['a scope in lower case', { query: { scope: 'ais' } }, INVALID_INPUT],
  ]),
  ...rows(ASSUMED, 'AIS consent URIs', [
    [
      'a Redirect-URI that the TPP did not register',
      { headers: { 'Redirect-URI': 'https://tpp.example/callback' } },
      SECURITY_PARAMETERS,
    ],
    [
      'a Redirect-URI with a fragment',
      { headers: { 'Redirect-URI': 'https://tpp.example/#x' } },
      INVALID_HEADER,
    ],
    ['the challenge method plain', { headers: { 'Code-Challenge-Method': 'plain' } }, INVALID_HEADER],
    ['a scope that came twice', { query: { scope: ['AIS', 'AIS'] } }, INVALID_INPUT],
    ['a header that came twice', { headers: { 'Client-ID': ['l7accounts', 'l7accounts'] } }, INVALID_HEADER],
    ['an account where the PSU chooses', { query: { iban: IBAN } }, INVALID_INPUT],
    ['AIS in version 3', { version: '3', query: { iban: IBAN } }, INVALID_INPUT],
    ['AIS in version 2', { version: '2', query: { iban: IBAN } }, INVALID_INPUT],
    ['AIS in version 1', { version: '1', query: { iban: IBAN } }, INVALID_INPUT],
    [
      'AIS in version 1, which names no scope',
      { version: '1', query: { iban: IBAN, scope: null } },
      INVALID_INPUT,
    ],
    ['a parameter with a control character', { query: { scope: 'AIS\u0000' } }, INVALID_INPUT],
  ]),

  ...rows(FLOWS, 'CAF consent URIs', [
    ['CAF without an account', { query: { iban: null } }, missingInput('iban')],
    ['CAF in version 4', { version: '4', query: { iban: null } }, INVALID_INPUT],
  ]),
  ...rows(ERRORS, 'CAF consent URIs', [
    ['an account number that is none', { query: { iban: 'BE83063154780916' } }, INVALID_INPUT],
    [
      'an account that the bank does not keep',
      { query: { iban: 'BE68539007547034' } },
      [403, 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000', 'No Account found.'],
    ],
    [
      'an account of the other brand',
      { query: { iban: 'BE72095100023816' } },
      [403, 'INVALID_ACCOUNT', 'B14800ZZ-3002-000000', 'No Account found.'],
    ],
    [
      'a blocked account',
      { query: { iban: 'BE83088301672015' } },
      [
        403,
        'CHANNEL_NOT_PERMITTED',
        'B14800ZZ-3007-000000',
        'This account can not be consultated via electronical channel.',
      ],
    ],
    [
      'a savings account',
      { query: { iban: 'BE73055771310360' } },
      [
        403,
        'ACCOUNT_NOT_SUPPORTED',
        'B14800-3008-000000',
        'This account is not allowed for this type of request.',
      ],
    ],
  ]),

  ...(['code', 'refresh'] as const).flatMap((call) => [
    ...rows(ASSUMED, call, [
      ['a call without credentials', { headers: { Authorization: null } }, missingHeader('Authorization')],
      ['a wrong secret', { headers: { Authorization: basic('l7accounts:wrong') } }, INVALID_CLIENT],
      ['an unknown client', { headers: { Authorization: basic('l7unknown:secret') } }, INVALID_CLIENT],
      ['credentials that are not Basic', { headers: { Authorization: 'Bearer abc' } }, INVALID_CLIENT],
      ['credentials without a colon', { headers: { Authorization: basic('l7accounts') } }, INVALID_CLIENT],
      ['a client id with a NUL', { headers: { Authorization: basic('l7%00:secret') } }, INVALID_CLIENT],
      ['a client of the other brand', { brand: 'banx' }, INVALID_CLIENT],
      ['a body in JSON', { headers: { 'Content-Type': 'application/json' }, body: '{}' }, UNSUPPORTED_TYPE],
      ['a body in text', { headers: { 'Content-Type': 'text/plain' }, body: 'x' }, UNSUPPORTED_TYPE],
      [
        'a body that is broken JSON',
        { headers: { 'Content-Type': 'application/json' }, body: '{' },
        INVALID_INPUT,
      ],
      [
        'a body over 64 KiB',
        { fields: { padding: 'x'.repeat(66_000) } },
        [413, 'INVALID_INPUT', 'GEN-1202-100002', 'Invalid request body/path/query input.'],
      ],
      ['a field that came twice', { fields: { grant_type: [call, call] } }, INVALID_INPUT],
    ]),
    ...rows(ERRORS, call, [
      ['a call without a grant type', { fields: { grant_type: null } }, missingInput('grant_type')],
      ['an unknown grant type', { fields: { grant_type: 'password' } }, INVALID_INPUT],
    ]),
  ]),
  ...rows(ERRORS, 'code', [
    ['a grant without its code', { fields: { code: null } }, missingInput('code')],
    ['a grant without the redirect URI', { fields: { redirect_uri: null } }, missingInput('redirect_uri')],
    ['a grant without the verifier', { fields: { code_verifier: null } }, missingInput('code_verifier')],
  ]),
  ...rows(ASSUMED, 'code', [
    ['a verifier of 31 characters', { fields: { code_verifier: 'v'.repeat(31) } }, INVALID_INPUT],
  ]),
  ...rows('RFC 7636 section 4.1', 'code', [
    ['a verifier of 129 characters', { fields: { code_verifier: 'v'.repeat(129) } }, INVALID_INPUT],
    ['a verifier with a space', { fields: { code_verifier: `${'v'.repeat(42)} ` } }, INVALID_INPUT],
  ]),
  ...rows(ASSUMED, 'code', [['an unknown code', {}, SECURITY_PARAMETERS]]),
  ...rows(ERRORS, 'refresh', [
    ['a grant without its refresh token', { fields: { refresh_token: null } }, missingInput('refresh_token')],
    ['an unknown refresh token', {}, INVALID_REFRESH_TOKEN],
  ]),

  ...rows(ERRORS, 'accounts', [
    ['a call without an access token', { headers: { Authorization: null } }, missingHeader('Authorization')],
    ['an unknown access token', {}, INVALID_ACCESS_TOKEN],
    ['an access token that is not Bearer', { headers: { Authorization: 'Basic abc' } }, INVALID_ACCESS_TOKEN],
    ['a call without a Client-ID', { headers: { 'Client-ID': null } }, missingHeader('Client-ID')],
    ['an unknown Client-ID', { headers: { 'Client-ID': 'l7unknown' } }, INVALID_CLIENT],
  ]),
];
