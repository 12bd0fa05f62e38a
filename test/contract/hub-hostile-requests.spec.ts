import { BANK_ERROR_CODES, BankError } from '@consent-hub/bank-client';
import { SCOPES } from '@consent-hub/psd2-protocol';
import { ApiConformance } from '@consent-hub/testing';
import fc from 'fast-check';
import { bytesOf, hostile, wireRequest, type WireRequest } from '../support/hostile-requests.js';
import { DescribedRequests, type DrawnRequest } from '../support/hub-api/described-requests.js';
import {
  CLIENTS,
  HubWithClients,
  OWNERS,
  type CallerName,
  type Client,
  type Owner,
} from '../support/hub-api/hub-with-clients.js';
import { IBANS } from '../support/hub-api/labelled-bank.js';
import { sendRaw, type RawAnswer } from '../support/raw-http.js';

/** Requests of one property; more of them with HOSTILE_RUNS, the same ones again with HOSTILE_SEED. */
const RUNS = Number(process.env['HOSTILE_RUNS'] ?? 400);
const SEED = process.env['HOSTILE_SEED'];
/** On a slow machine fewer requests must do; a long run is not cut short. */
const SHORT_MS = 30_000;
const PATIENCE_MS = process.env['HOSTILE_RUNS'] === undefined ? 60_000 : 3_600_000;

const PROPERTY: fc.Parameters<[fc.GeneratorValue]> = {
  numRuns: RUNS,
  endOnFailure: true,
  ...(SEED !== undefined && { seed: Number(SEED) }),
  ...(process.env['HOSTILE_RUNS'] === undefined && {
    interruptAfterTimeLimit: SHORT_MS,
    markInterruptAsFailure: false,
  }),
};

let hub: HubWithClients;
let conformance: ApiConformance;
let requests: DescribedRequests;

beforeAll(async () => {
  hub = await HubWithClients.start();
  conformance = new ApiConformance(hub.description);
  requests = new DescribedRequests(hub.description, hub);
}, PATIENCE_MS);
afterAll(() => hub.close());
beforeEach(async () => {
  hub.bank.failure = null;
  await hub.seed();
}, PATIENCE_MS);

const send = (wire: WireRequest): Promise<RawAnswer> => sendRaw({ url: hub.url }, bytesOf(wire), wire.isCut);

/** What an answer is held against the description for; null where the hub closed without a word. */
const faultsOf = ({ method, target }: WireRequest, { status, headers, body }: RawAnswer): string[] =>
  status === null
    ? []
    : conformance.faultsOf({ method, url: target, status, headers: Object.fromEntries(headers), body });

/** Everything that an answer says, in the order of the wire. */
const textOf = ({ headers, body }: RawAnswer): string => [...headers.values(), body].join('\n');

/** What each caller said itself, in this request or before: under these names it may have opened consents of its own. */
const sentBy = new Map<CallerName, Set<string>>();

type Clients = Readonly<Partial<Record<CallerName, Client>>>;

/**
 * What a caller may not learn and did not send itself. Tokens: by scope, for all consents. Consents: its own, or
 * all for an admin; of others it learns ids alone, by their tokens or as those that a consent of its own would retire.
 */
function leaksTo(caller: CallerName, { target, body, lines }: WireRequest, answer: RawAnswer): string[] {
  const said = [target, unescaped(target), body, ...lines].join('\n');
  const text = textOf(answer).replace(/"supersedes":"[^"]*"/, '');
  const client: Client | undefined = caller === 'revoked' ? undefined : (CLIENTS as Clients)[caller];
  const permissions = client?.permissions ?? [];
  const tokenScopes = permissions.includes('tokens:read') ? (client?.tokenScopes ?? SCOPES) : [];
  const isForbidden = OWNERS.filter((owner) => owner !== caller && !permissions.includes('admin'));
  const forbidden = [
    ...['refresh-of-', 'code-of-'],
    ...SCOPES.filter((scope) => !tokenScopes.includes(scope)).flatMap((scope) =>
      ['access', 'sca'].flatMap((kind) => OWNERS.map((owner) => `${kind}-of-${owner}-${scope}`)),
    ),
    ...isForbidden.flatMap((owner) => [...psuRefsOf(owner), IBANS[owner]]),
    ...(tokenScopes.length > 0
      ? []
      : [
          ...isForbidden.map((owner) => `logical-of-${owner}`),
          ...hub.consents.filter(({ owner }) => isForbidden.includes(owner)).map(({ id }) => id),
        ]),
  ];
  const own = sentBy.get(caller) ?? new Set<string>();
  for (const mark of forbidden) if (said.includes(mark)) own.add(mark);
  sentBy.set(caller, own);
  return forbidden.filter((mark) => text.includes(mark) && !own.has(mark));
}

const unescaped = (target: string): string =>
  decodeURIComponent(target.replaceAll(/%(?![0-7][0-9a-f])/gi, '%25'));

const psuRefsOf = (owner: Owner): string[] =>
  [...new Set(hub.consents.filter((each) => each.owner === owner).map(({ psuRef }) => psuRef))].concat(
    `waiting-psu-of-${owner}`,
  );

/** One request, reported in full when anything is wrong with its answer. */
async function judged({ caller, wire }: DrawnRequest, worst: number): Promise<RawAnswer> {
  const answer = await send(wire);
  const wrong = [
    ...(answer.status !== null && answer.status > worst ? [`status ${answer.status}`] : []),
    ...(answer.status === 500 ? ['a fault of the hub'] : []),
    ...faultsOf(wire, answer),
    ...leaksTo(caller, wire, answer).map((mark) => `shows ${mark}`),
  ];
  if (wrong.length > 0) {
    throw new Error(
      `${caller}: ${wrong.join('; ')}\n${bytesOf(wire).toString('latin1').slice(0, 3000)}\n---\n${answer.status} ${textOf(answer)}`,
    );
  }
  return answer;
}

const isRefused = ({ status }: RawAnswer): boolean => status === null || (status >= 400 && status < 500);

/** All drawn requests, one after the other; refused ones must leave everything as it was. */
async function survives(worst: number): Promise<Set<string>> {
  const answered = new Set<string>();
  let before = await hub.dump();
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const drawn = requests.draw(g);
      const answer = await judged(drawn, worst);
      const { method, target } = drawn.wire;
      const operation = conformance.operationOf(method, target);
      if (operation !== undefined) answered.add(`${isRefused(answer) ? 'refused' : 'let in'} ${operation}`);
      const after = await hub.dump();
      if (isRefused(answer) && after !== before) {
        throw new Error(
          `Refused with ${answer.status}, and yet something changed: ${bytesOf(drawn.wire).toString('latin1').slice(0, 3000)}`,
        );
      }
      const endsConsents = /\/revoke$|^\/v1\/erasures/.test(target);
      if (after !== before && endsConsents) await hub.seed();
      before = endsConsents ? await hub.dump() : after;
    }),
    PROPERTY,
  );
  return answered;
}

describe('the hub, sent what its description lets one send, and more', () => {
  it(
    'answers as described, shows no client the data of another, never fails, and does nothing when it refuses',
    async () => {
      const answered = await survives(499);
      // Enough of them got through for the rest to mean something.
      expect([...answered].filter((each) => each.startsWith('let in')).length).toBeGreaterThan(8);
      expect([...answered].filter((each) => each.startsWith('refused')).length).toBeGreaterThan(12);
    },
    PATIENCE_MS,
  );

  it(
    'answers as described while the bank fails, in every way',
    async () => {
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (g) => {
          const code = BANK_ERROR_CODES[turn++ % BANK_ERROR_CODES.length] ?? 'busy';
          const words = { error: 'INVALID_INPUT', errorCode: 'GEN-1202-100002', callIsOver: true };
          hub.bank.failure = new BankError(code, words);
          await judged(requests.draw(g), 504);
        }),
        { ...PROPERTY, numRuns: Math.ceil(RUNS / 2) },
      );
    },
    PATIENCE_MS,
  );

  it(
    'answers all bytes that come, as described and without effect',
    async () => {
      const untouched = await hub.dump();
      await fc.assert(
        fc.asyncProperty(hostile(almostGood()), async (wire) => {
          const answer = await send(wire);
          const text = bytesOf(wire).toString('latin1').slice(0, 2000);
          expect([text, (answer.status ?? 0) < 500]).toEqual([text, true]);
          if (answer.status === null) return;
          expect([text, answer.headers.get('x-request-id')]).toEqual([
            text,
            expect.stringMatching(/^[\w.-]+$/),
          ]);
          if (answer.status < 400 || answer.body === '') return;
          const type = answer.headers.get('content-type') ?? '';
          expect([text, type]).toEqual([
            text,
            expect.stringMatching(/^(application\/problem\+json|text\/html; charset=utf-8)$/),
          ]);
        }),
        { ...(PROPERTY as object), numRuns: RUNS },
      );
      expect(await hub.dump()).toBe(untouched);
    },
    PATIENCE_MS,
  );
});

describe('the hub, sent what it cannot read as a request', () => {
  const raw = (lines: string[]): Promise<RawAnswer> =>
    sendRaw({ url: hub.url }, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));

  it.each([
    ['a header that is none', ['GET / HTTP/1.1', 'X-Request-Id: order-17', 'X y'], 400, 'malformed_request'],
    ['no HTTP', ['hello'], 400, 'malformed_request'],
    ['headers of 20 kB', ['GET / HTTP/1.1', `X: ${'x'.repeat(20_000)}`], 431, 'headers_too_large'],
  ])('answers %s with a problem, under a request id', async (_what, lines, status, code) => {
    const { headers, body, ...answer } = await raw(lines);
    expect([answer.status, headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({
      type: expect.stringMatching(`^https?://.+/docs/problems/${code}$`),
      status,
      code,
      request_id: headers.get('x-request-id'),
    });
    const isNamed = lines.includes('X-Request-Id: order-17');
    expect(headers.get('x-request-id')).toEqual(
      isNamed ? 'order-17' : expect.stringMatching(/^[0-9a-f-]{36}$/),
    );
  });

  it('answers a request that expects something as if it did not', async () => {
    const request = ['GET /health/live HTTP/1.1', 'Host: hub', 'Connection: close', 'Expect: wonders'];
    const { status, headers, body } = await raw(request);
    expect([status, body]).toEqual([200, '{"status":"ok"}']);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

/** Calls that, but for one late fault each, would do something. */
function almostGood(): Record<string, WireRequest> {
  const { id, psuRef } = hub.consentOf('owner');
  const call = (method: string, path: string, caller: CallerName, body?: unknown): WireRequest =>
    wireRequest({
      method,
      path,
      headers: [
        ['Authorization', hub.authorizationOf(caller) ?? ''],
        ['X-Request-Id', 'order-17'],
        ...(body === undefined ? [] : [['Content-Type', 'application/json'] as [string, string]]),
      ],
      ...(body !== undefined && { body: JSON.stringify(body) }),
      certificate: null,
    });
  return {
    open: call('POST', '/v1/consents', 'owner', {
      scope: 'AIS',
      brand: 'belfius',
      psu_ref: 'x',
      iban: IBANS.owner,
    }),
    search: call('GET', '/v1/consents?limit=201', 'owner'),
    read: call('GET', `/v1/consents/${id}`, 'other'),
    refresh: call('POST', `/v1/consents/${id}/refresh`, 'other'),
    revoke: call('POST', `/v1/consents/${id}/revoke`, 'other'),
    token: call('GET', `/v1/consents/${id}/access-token?min_validity_seconds=3601`, 'service'),
    rejection: call('POST', `/v1/consents/${id}/access-token/rejections`, 'service', { generation: 0 }),
    erasure: call('POST', '/v1/erasures', 'admin', { psu_ref: psuRef, brand: 'ing', revoke: true }),
    verification: call('GET', '/v1/timeline/verification?limit=0', 'admin'),
    requests: call('GET', '/v1/token-requests?status=lost', 'admin'),
    payment: call('POST', '/v1/pis-tokens', 'owner', { brand: 'belfius', psu_ref: 'x', code: 'c' }),
    callback: call('GET', '/callback/belfius?state=unknown&code=c', 'anonymous'),
    page: call('GET', '/openapi.json', 'anonymous'),
    live: call('GET', '/health/live', 'anonymous'),
  };
}
