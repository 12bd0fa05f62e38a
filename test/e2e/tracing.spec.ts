import { RecordedSpans } from '@consent-hub/testing';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { BankControl } from '../support/bank-control.js';
import { HubUser } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

// Before the hub, as an --import file does.
const recorded = RecordedSpans.register();
const IBAN = /\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b/;

let stack: StackUnderTest;
let platform: HubUser;
let service: HubUser;

beforeAll(async () => {
  stack = await startStackUnderTest();
  platform = new HubUser(stack, stack.keys.platform);
  service = new HubUser(stack, stack.keys.service);
}, 60_000);
afterAll(() => stack.close());
beforeEach(() => recorded.forget());

const named = (name: string): ReadableSpan[] => recorded.all.filter((span) => span.name === name);
const only = (name: string): ReadableSpan => {
  const [span, ...others] = named(name);
  if (!span || others.length > 0)
    throw new Error(`${others.length + (span ? 1 : 0)} spans are named ${name}`);
  return span;
};
const below = (parent: ReadableSpan): ReadableSpan[] =>
  recorded.all.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId);
const namesBelow = (parent: ReadableSpan): string[] => below(parent).map(({ name }) => name);
/** The answer is there before the hook that ends the span has run. */
const until = (isTrue: () => boolean) =>
  new BankControl(stack.bank.controlUrl).until(() => Promise.resolve(isTrue()));

const READ = 'GET /v1/consents/:id/access-token';
const REFRESH = 'POST /v1/consents/:id/refresh';
const CALLBACK = 'GET /callback/:brand';
const LOOKUP = 'caller_key_hash-id';

jest.setTimeout(60_000);

describe('the trace', () => {
  it('of a token read is the request and the one statement for caller and consent', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    recorded.forget();
    await service.call('GET', `/v1/consents/${id}/access-token`);
    await until(() => named(READ).length > 0);
    const request = only(READ);
    expect(request.parentSpanContext).toBeUndefined();
    expect(request.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/v1/consents/:id/access-token',
      'http.response.status_code': 200,
      'consent_hub.consent_id': id,
    });
    expect(below(request).map(({ name, attributes }) => [name, attributes['db.operation.name']])).toEqual([
      [expect.stringContaining(LOOKUP.split('-')[0] ?? ''), 'SELECT'],
    ]);
  });

  it('of a refresh holds the token request with its end, the call of the bank, and the statements', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    recorded.forget();
    await platform.call('POST', `/v1/consents/${id}/refresh`);
    await until(() => named(REFRESH).length > 0);
    const request = only(REFRESH);
    const grant = only('token_request');
    expect(below(request)).toContain(grant);
    expect(namesBelow(request).filter((name) => name !== 'token_request').length).toBeGreaterThanOrEqual(2);
    expect(grant.attributes).toMatchObject({
      'consent_hub.consent_id': id,
      'consent_hub.generation': 1,
      'consent_hub.grant_type': 'refresh_token',
      'consent_hub.outcome': 'committed',
      'consent_hub.scheduled': false,
    });
    expect(namesBelow(grant)).toEqual(expect.arrayContaining(['POST /token', 'COMMIT']));
    expect(only('POST /token').attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'consent_hub.brand': 'belfius',
      'consent_hub.bank_endpoint': 'token',
      'consent_hub.bank_request_id': grant.attributes['consent_hub.bank_request_id'],
    });
    expect(
      new Set(
        recorded.all
          .map((span) => span.spanContext().traceId)
          .filter((trace) => trace === request.spanContext().traceId),
      ).size,
    ).toBe(1);
  });

  it('of a return from the bank holds the exchange of the code, and the question for the accounts', async () => {
    const consent = await platform.open({ psu_ref: newPsuRef(), language: 'fr' });
    await until(() => named('POST /v1/consents').length > 0);
    expect(namesBelow(only('POST /v1/consents'))).toContain('GET /consent-uris');
    const back = await platform.decide(consent, 'approve');
    recorded.forget();
    await fetch(back, { redirect: 'manual' });
    await until(() => named(CALLBACK).length > 0 && named('GET /accounts').length > 0);
    const request = only(CALLBACK);
    expect(request.attributes['consent_hub.consent_id']).toBe(consent.id);
    expect(namesBelow(request)).toEqual(expect.arrayContaining(['token_request', 'GET /accounts']));
    const grant = only('token_request');
    expect(grant.attributes).toMatchObject({
      'consent_hub.grant_type': 'authorization_code',
      'consent_hub.generation': 0,
      'consent_hub.outcome': 'committed',
    });
    expect(namesBelow(grant)).toEqual(expect.arrayContaining(['POST /token', 'COMMIT']));
  });

  it('continues that of a caller who sends W3C traceparent, and the lines of the log hold its ids', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    recorded.forget();
    stack.log.length = 0;
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await fetch(`${stack.hub.url}/v1/consents/${id}/refresh`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stack.keys.platform.reveal()}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
    });
    await until(() => named(REFRESH).length > 0);
    expect(only(REFRESH).parentSpanContext).toMatchObject({ traceId, spanId: '00f067aa0ba902b7' });
    expect(only('token_request').spanContext().traceId).toBe(traceId);
    const lines = stack.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const idsOf = (text: string) =>
      lines.filter(({ msg }) => msg === text).map(({ trace_id, span_id }) => [trace_id, span_id]);
    expect(idsOf('request answered')).toEqual([[traceId, only(REFRESH).spanContext().spanId]]);
    for (const msg of ['token request answered', 'token request settled'])
      expect(idsOf(msg)).toEqual([[traceId, only('token_request').spanContext().spanId]]);
  });

  it('begins anew where the traceparent of a caller is none', async () => {
    const answer = await fetch(`${stack.hub.url}/v1/consents`, { headers: { traceparent: '00-xyz-1-01' } });
    expect(answer.status).toBe(401);
    await until(() => named('GET /v1/consents').length > 0);
    expect(only('GET /v1/consents').parentSpanContext).toBeUndefined();
  });

  it('of a scheduled refresh is its own, and the job has one too', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    recorded.forget();
    await stack.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = $1`, [id]);
    await until(() => named('token_request').length > 0 && named('RefreshJob').length > 0);
    expect(only('token_request').parentSpanContext).toBeUndefined();
    expect(only('token_request').attributes).toMatchObject({
      'consent_hub.scheduled': true,
      'consent_hub.consent_id': id,
      'consent_hub.outcome': 'committed',
    });
    for (const job of named('RefreshJob')) expect(job.parentSpanContext).toBeUndefined();
  });

  it('holds no token, no person and no account, after every operation', async () => {
    const person = newPsuRef();
    const { id } = await platform.liveConsent({ psu_ref: person });
    await platform.call('POST', `/v1/consents/${id}/refresh`);
    await service.call('GET', `/v1/consents/${id}/access-token`);
    await service.call('GET', `/v1/access-token?brand=belfius&scope=AIS&psu_ref=${person}`);
    const iban = 'BE83063154780915';
    await platform.open({ scope: 'CAF', psu_ref: person, iban });
    await platform.call('GET', `/v1/consents?psu_ref=${person}&iban=${iban}`);
    await platform.call('GET', `/v1/nowhere/${person}`);
    await until(() => named('GET').length > 0);
    const written = JSON.stringify(
      recorded.all.map(({ name, attributes, events, links, status }) => ({
        name,
        attributes,
        events,
        links,
        status,
      })),
    );
    expect(recorded.all.length).toBeGreaterThan(20);
    expect(written).not.toContain(person);
    expect(written).not.toMatch(IBAN);
    for (const secret of [...stack.secrets, ...Object.values(stack.keys), ...stack.bankClient.overheard])
      expect(written).not.toContain(secret.reveal());
  });
});
