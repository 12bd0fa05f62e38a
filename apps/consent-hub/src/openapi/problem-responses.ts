import {
  PERMISSIONS,
  Problem,
  PROBLEM_PAGES_PATH,
  ProblemWriter,
  type ProblemDetails,
  type ProblemKind,
} from '@consent-hub/platform';
import { CONSENT_STATES, type ConsentState } from '@consent-hub/consent';
import { EXAMPLE_BRAND, listBrands } from '@consent-hub/psd2-protocol';
import type { Response, Responses } from './document-types.js';

/** RFC 9457 problem details as this API writes them. */
export const PROBLEM_SCHEMA = {
  Problem: {
    type: 'object',
    description: 'Why the call did not succeed (RFC 9457). Some problems have further members of their own.',
    required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
    properties: {
      type: {
        type: 'string',
        format: 'uri',
        pattern: `${PROBLEM_PAGES_PATH}/[a-z_]+$`,
        description:
          'A page of this hub that says what the code means, what to do, and whether it helps to try again.',
      },
      title: { type: 'string', description: 'The code in words.', example: 'invalid input' },
      status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status once more.' },
      code: {
        type: 'string',
        pattern: '^[a-z]+(_[a-z]+)*$',
        description: 'Stable; programs decide by it.',
        example: 'invalid_input',
      },
      detail: { type: 'string', description: 'One sentence for people; its wording may change at any time.' },
      errors: {
        type: 'array',
        minItems: 1,
        description: 'What cannot be accepted, and where it stands.',
        items: {
          type: 'object',
          required: ['field', 'detail'],
          properties: {
            field: { type: 'string', description: 'Path of a property, or name of a parameter or header.' },
            detail: { type: 'string', description: 'What is expected there.' },
          },
        },
      },
      bank: {
        type: 'object',
        description: 'The words of the bank, where it refused.',
        required: ['error', 'error_code'],
        properties: { error: { type: 'string' }, error_code: { type: 'string' } },
      },
      state: {
        type: 'string',
        enum: [...CONSENT_STATES],
        description: 'With `consent_not_live`: where the consent stands.',
      },
      reason: {
        type: ['string', 'null'],
        description: 'With `consent_not_live`: why it stands there, as `state_reason` of the consent.',
      },
      action: {
        type: 'string',
        enum: ['wait_for_psu', 'wait_for_exchange', 'retry', 'use_successor', 'open_consent'],
        description: 'With `consent_not_live`: what can be done about it.',
      },
      permission: {
        type: 'string',
        enum: [...PERMISSIONS],
        description: 'With `permission_missing`: the one that is missing.',
      },
      consents: {
        type: 'array',
        minItems: 1,
        description: 'With `consents_not_ended` and `call_under_way`: those that prevent it.',
        items: { $ref: '#/components/schemas/ErasedConsentView' },
      },
      request_id: {
        type: 'string',
        description: 'The X-Request-Id of the answer, under which the log holds more.',
        example: 'order-17',
      },
    },
  },
};

const inTheWay = (state: ConsentState) => ({
  extensions: { consents: [{ id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70', brand: EXAMPLE_BRAND, state }] },
});
const SAID_NO = { error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' };

/** What some problems have in addition to their code, as the examples show it. */
export const PROBLEM_EXAMPLES: Readonly<
  Record<string, Partial<Pick<ProblemDetails, 'errors' | 'bank' | 'extensions'>>>
> = {
  invalid_input: { errors: [{ field: 'psu_ref', detail: 'must be 1 to 128 printable characters' }] },
  iban_required: { errors: [{ field: 'iban', detail: 'is required for scope CAF' }] },
  iban_not_allowed: { errors: [{ field: 'iban', detail: 'is not allowed for scope AIS' }] },
  iban_not_of_bank: {
    errors: [{ field: 'iban', detail: `must be of an account at ${listBrands('disjunction')}` }],
  },
  return_url_not_allowed: {
    errors: [
      { field: 'return_url', detail: 'must be one of the addresses that this API client is registered with' },
    ],
  },
  scope_not_granted: {
    errors: [{ field: 'scope', detail: 'must be one of the scopes granted to this API client' }],
  },
  permission_missing: { extensions: { permission: 'tokens:read' } },
  consent_not_live: { extensions: { state: 'failed', reason: 'rotation_lost', action: 'open_consent' } },
  consents_not_ended: inTheWay('active'),
  call_under_way: inTheWay('authorized'),
  bank_consent_withdrawn: { bank: SAID_NO },
  account_not_usable: { bank: { error: 'CHANNEL_NOT_PERMITTED', error_code: 'B14800ZZ-3007-000000' } },
  bank_refused: { bank: { error: 'INVALID_INPUT', error_code: 'GEN-1202-100002' } },
};

const ref = (name: string) => ({ $ref: `#/components/headers/${name}` });

/** By status, and for some codes apart from the others of their status. */
const HEADERS: Readonly<Record<string | number, Readonly<Record<string, ReturnType<typeof ref>>>>> = {
  401: { 'WWW-Authenticate': ref('WWWAuthenticate') },
  405: { Allow: ref('Allow') },
  429: { 'Retry-After': ref('RetryAfter') },
  503: { 'Retry-After': ref('RetryAfter') },
  permission_missing: { 'WWW-Authenticate': ref('InsufficientScope') },
  idempotency_key_in_use: { 'Retry-After': ref('RetryAfter') },
};

/** The answers to these problems, one a status: which codes it may have, with an example of each. */
export function problemResponses(kinds: readonly ProblemKind[]): Responses {
  const statuses = new Set(kinds.map(({ status }) => status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      responseOf(
        status,
        kinds.filter((kind) => kind.status === status),
      ),
    ]),
  );
}

const responseOf = (status: number, kinds: readonly ProblemKind[]): Response => ({
  description: kinds.map(({ code, detail }) => `\`${code}\`: ${detail}`).join('\n\n'),
  headers: [status, ...kinds.map(({ code }) => code)].reduce(
    (headers, key) => ({ ...headers, ...HEADERS[key] }),
    {},
  ),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/Problem' }],
        properties: {
          status: { type: 'integer', enum: [status] },
          code: { type: 'string', enum: kinds.map(({ code }) => code) },
        },
      },
      examples: Object.fromEntries(kinds.map((kind) => [kind.code, { value: exampleOf(kind) }])),
    },
  },
});

const writer = new ProblemWriter('https://hub.example');

const exampleOf = (kind: ProblemKind): object => {
  const problem = new Problem({ ...kind, ...PROBLEM_EXAMPLES[kind.code] });
  return JSON.parse(writer.bodyOf(problem, 'order-17').toString()) as object;
};
