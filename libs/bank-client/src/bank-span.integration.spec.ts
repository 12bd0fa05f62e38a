import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentCertificates } from '@consent-hub/eidas';
import { findTracer, startSpan } from '@consent-hub/platform';
import { perBrand, Secret } from '@consent-hub/psd2-protocol';
import { RecordedSpans } from '@consent-hub/testing';
import { SpanStatusCode } from '@opentelemetry/api';
import { HttpBankClient } from './http-bank-client.js';
import { createPkce } from './pkce.js';
import { answering, HttpsBank } from '../testing/https-bank.harness.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const IBAN = 'BE39000000076000';
const recorded = RecordedSpans.register();

let dir: string;
let bank: HttpsBank;
let client: HttpBankClient;

beforeAll(async () => {
  findTracer();
  dir = await mkdtemp(join(tmpdir(), 'bank-span-'));
  const { server, caFile, clients } = await ensureDevelopmentCertificates(dir);
  bank = await HttpsBank.start({ ...server, caFile });
  client = new HttpBankClient({
    banks: perBrand((brand) => ({
      apiUrl: bank.url,
      clientId: 'l7b1',
      clientSecret: new Secret('s3cr3t'),
      tls: { ...clients[brand], caFile },
    })),
    timeoutMs: 5000,
    tokenTimeoutMs: 5000,
    connectionsPerBank: 1,
  });
});
afterAll(async () => {
  await client.onApplicationShutdown();
  await bank.stop();
  await rm(dir, { recursive: true });
});
beforeEach(() => recorded.forget());

describe('the span of a call of the bank', () => {
  it('stands below what it is made for, names endpoint, brand, status and Request-ID, and nothing of it goes to the bank', async () => {
    const parent = startSpan('request', {});
    bank.script = answering(200, [
      { language: 'fr', consent_uri: 'https://www.belfius.be/l.html?apptoken=t' },
    ]);
    await client.openConsent({
      brand: 'belfius',
      scope: 'CAF',
      iban: IBAN,
      redirectUri: 'https://tpp.example/callback/belfius',
      pkce: createPkce(),
      state: new Secret('st1'),
      requestId: REQUEST_ID,
      span: parent,
    });
    const [span, ...others] = recorded.all;
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'GET /consent-uris',
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'consent_hub.brand': 'belfius',
        'consent_hub.bank_endpoint': 'consent-uris',
        'consent_hub.bank_request_id': REQUEST_ID,
      },
    });
    expect(span?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(JSON.stringify([span?.name, span?.attributes])).not.toContain(IBAN);
    const names = Object.keys(bank.calls.at(-1)?.headers ?? {}).map((name) => name.toLowerCase());
    expect(names).toContain('request-id');
    for (const name of ['traceparent', 'tracestate', 'baggage', 'b3']) expect(names).not.toContain(name);
  });

  it('says how the call failed, by a code', async () => {
    bank.script = answering(401, { error: 'invalid_client' });
    const token = new Secret('at-1');
    const call = client.listAccounts({
      brand: 'banx',
      accessToken: token,
      requestId: REQUEST_ID,
      span: startSpan('request', {}),
    });
    const code = await call.catch((error: { code: string }) => error.code);
    expect(recorded.all[0]).toMatchObject({
      name: 'GET /accounts',
      attributes: { 'http.response.status_code': 401, 'error.type': code },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(JSON.stringify(recorded.all.map(({ attributes }) => attributes))).not.toContain(token.reveal());
  });

  it('is not made for a call that belongs to no span', async () => {
    bank.script = answering(401, { error: 'invalid_client' });
    const call = client.listAccounts({
      brand: 'banx',
      accessToken: new Secret('at-1'),
      requestId: REQUEST_ID,
    });
    await call.catch(() => undefined);
    expect(recorded.all).toEqual([]);
  });
});
