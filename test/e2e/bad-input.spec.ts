import { randomUUID } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import { HubUser } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

let stack: StackUnderTest;
let id: string;

beforeAll(async () => {
  stack = await startStackUnderTest();
  const platform = new HubUser(stack, stack.keys.platform);
  ({ id } = await platform.liveConsent({ psu_ref: newPsuRef() }));
}, 60_000);
afterAll(() => stack.close());

interface Call {
  readonly as?: keyof StackUnderTest['keys'] | 'anonymous' | 'a stranger';
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly raw?: string;
  readonly type?: string;
}

const AIS = { scope: 'AIS', brand: 'belfius', psu_ref: 'customer-1' };

async function send({ as = 'platform', method = 'POST', path = '/v1/consents', body, raw, type }: Call) {
  const stranger = new Secret(`ch_${'x'.repeat(43)}`);
  const key = as === 'anonymous' ? null : as === 'a stranger' ? stranger : stack.keys[as];
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(stack.hub.url + path.replace(':id', id), {
    method,
    redirect: 'manual',
    headers: {
      ...(key && { authorization: `Bearer ${key.reveal()}` }),
      ...(text !== undefined && { 'content-type': type ?? 'application/json' }),
    },
    ...(text !== undefined && { body: text }),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const refresh = { path: '/v1/consents/:id/refresh' };
const read = { method: 'GET', path: '/v1/consents/:id' };
const token = { method: 'GET', path: '/v1/consents/:id/access-token', as: 'service' } as const;

const REFUSED: [what: string, call: Call, status: number, code: string, field?: string][] = [
  ['no API key', { body: AIS, as: 'anonymous' }, 401, 'api_key_missing'],
  ['a key that no client has', { body: AIS, as: 'a stranger' }, 401, 'api_key_invalid'],
  ['a key without the permission', { body: AIS, as: 'service' }, 403, 'permission_missing'],
  ['a platform that reads tokens', { ...token, as: 'platform' }, 403, 'permission_missing'],
  ['an admin who reads tokens', { ...token, as: 'admin' }, 403, 'permission_missing'],
  ['a service that refreshes', { ...refresh, as: 'service' }, 403, 'permission_missing'],
  ['the consent of another client', { ...read, as: 'other' }, 404, 'consent_not_found'],
  [
    'the timeline of another client',
    { ...read, path: '/v1/consents/:id/events', as: 'other' },
    404,
    'consent_not_found',
  ],
  [
    'the accounts of another client',
    { ...read, path: '/v1/consents/:id/accounts', as: 'other' },
    404,
    'consent_not_found',
  ],
  ['a refresh of another client', { ...refresh, as: 'other' }, 404, 'consent_not_found'],
  [
    'a revocation by another client',
    { path: '/v1/consents/:id/revoke', as: 'other' },
    404,
    'consent_not_found',
  ],
  ['an unknown consent', { ...read, path: `/v1/consents/${randomUUID()}` }, 404, 'consent_not_found'],
  [
    'a token of an unknown consent',
    { ...token, path: `/v1/consents/${randomUUID()}/access-token` },
    404,
    'consent_not_found',
  ],
  ['an id that is none', { ...read, path: '/v1/consents/1' }, 400, 'invalid_input', 'id'],
  ['an id that is SQL', { ...read, path: `/v1/consents/'%20OR%201=1--` }, 400, 'invalid_input', 'id'],
  ['an unknown scope', { body: { ...AIS, scope: 'ALL' } }, 400, 'invalid_input', 'scope'],
  ['an unknown brand', { body: { ...AIS, brand: 'kbc' } }, 400, 'invalid_input', 'brand'],
  ['no person', { body: { ...AIS, psu_ref: undefined } }, 400, 'invalid_input', 'psu_ref'],
  [
    'a person with a control character',
    { body: { ...AIS, psu_ref: 'a\u0000b' } },
    400,
    'invalid_input',
    'psu_ref',
  ],
  [
    'a person of 129 characters',
    { body: { ...AIS, psu_ref: 'x'.repeat(129) } },
    400,
    'invalid_input',
    'psu_ref',
  ],
  ['a person who is a list', { body: { ...AIS, psu_ref: ['a'] } }, 400, 'invalid_input', 'psu_ref'],
  ['a field that is none', { body: { ...AIS, iban_: 'x' } }, 400, 'invalid_input', 'iban_'],
  ['a state chosen by the caller', { body: { ...AIS, state: 'active' } }, 400, 'invalid_input', 'state'],
  ['a language that the bank lacks', { body: { ...AIS, language: 'en' } }, 400, 'invalid_input', 'language'],
  [
    'a return URL with a script',
    { body: { ...AIS, return_url: 'javascript:alert(1)' } },
    400,
    'invalid_input',
    'return_url',
  ],
  [
    'a return URL without TLS',
    { body: { ...AIS, return_url: 'http://app.example/' } },
    400,
    'invalid_input',
    'return_url',
  ],
  ['AIS with an IBAN', { body: { ...AIS, iban: 'BE68539007547034' } }, 422, 'iban_not_allowed', 'iban'],
  [
    'PIS with an IBAN',
    { body: { ...AIS, scope: 'PIS', iban: 'BE68539007547034' } },
    422,
    'iban_not_allowed',
    'iban',
  ],
  ['CAF without an IBAN', { body: { ...AIS, scope: 'CAF' } }, 422, 'iban_required', 'iban'],
  [
    'an IBAN with a wrong checksum',
    { body: { ...AIS, scope: 'CAF', iban: 'BE68539007547035' } },
    400,
    'invalid_input',
    'iban',
  ],
  ['malformed JSON', { raw: '{"scope":' }, 400, 'malformed_json'],
  ['a body that is no object', { raw: '[]' }, 400, 'invalid_input'],
  ['no body', {}, 400, 'invalid_input', 'scope'],
  ['a body over 64 KiB', { body: { ...AIS, psu_ref: 'x'.repeat(65_536) } }, 413, 'body_too_large'],
  ['a form', { raw: 'scope=AIS', type: 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
  [
    'an unknown query parameter',
    { ...read, path: '/v1/consents/:id?verbose=1' },
    400,
    'invalid_input',
    'verbose',
  ],
  [
    'a query parameter on an opening',
    { path: '/v1/consents?dry_run=1', body: AIS },
    400,
    'invalid_input',
    'dry_run',
  ],
  [
    'a validity below zero',
    { ...token, path: `${token.path}?min_validity_seconds=-1` },
    400,
    'invalid_input',
    'min_validity_seconds',
  ],
  [
    'a validity that is no number',
    { ...token, path: `${token.path}?min_validity_seconds=soon` },
    400,
    'invalid_input',
    'min_validity_seconds',
  ],
  [
    'a rejection without a generation',
    { ...token, method: 'POST', path: `${token.path}/rejections`, body: {} },
    400,
    'invalid_input',
    'generation',
  ],
  ['a path that is none', { method: 'GET', path: '/v1/nothing' }, 404, 'route_not_found'],
  ['a method that the path lacks', { method: 'DELETE', path: '/v1/consents/:id' }, 405, 'method_not_allowed'],
];

describe('the hub', () => {
  // As objects: a row without a field is shorter, and Jest would fill it up with a callback.
  const cases = REFUSED.map(([what, call, status, code, field]) => ({ what, call, status, code, field }));

  it.each(cases)('refuses $what, says why, and changes nothing', async ({ call, status, code, field }) => {
    const before = await dumpDatabase(stack.databaseUrl);

    const answer = await send(call);

    expect(answer.type).toMatch(/^application\/problem\+json/);
    const body = JSON.parse(answer.text) as { errors?: { field: string; detail: string }[] };
    expect([answer.status, body]).toEqual([status, expect.objectContaining({ status, code })]);
    if (field !== undefined) {
      expect(body.errors).toContainEqual({ field, detail: expect.stringMatching(/\w{2,}/) });
    }
    expect(await dumpDatabase(stack.databaseUrl)).toBe(before);
  });

  it('did what it did before: the consent still serves its first pair', async () => {
    const { status, text } = await send(token);
    expect([status, (JSON.parse(text) as { generation: number }).generation]).toEqual([200, 1]);
  });
});
