import {
  createCertificateAuthority,
  issueClientCertificate,
  type ClientCertificateRequest,
  type KeyedCertificate,
} from '@consent-hub/eidas';
import { dumpDatabase } from '@consent-hub/testing';
import fc from 'fast-check';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import { TestTpp, type CallName, type Deviation } from '../support/test-tpp.js';
import { REFUSALS } from './facts/refusals.js';

const CALLS: readonly CallName[] = ['AIS consent URIs', 'CAF consent URIs', 'code', 'refresh', 'accounts'];
const HOUR_MS = 3_600_000;
const VISIBLE_ASCII = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at));

describe('the sandbox bank refuses', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let untouched: string;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
    untouched = await dumpDatabase(bank.databaseUrl);
  }, 60_000);
  afterAll(() => bank.close());

  const send = (name: CallName, but: Deviation, by = tpp): Promise<MachineAnswer> =>
    bank.send(by.call(name, {}, but));

  it.each(REFUSALS)('$fact, in the words of the bank, on $call ($source)', async ({ call, but, answer }) => {
    const [status, error, error_code, error_description] = answer;
    const sent = tpp.call(call, {}, but);
    const received = await bank.send(sent);
    expect([received.status, JSON.parse(received.text)]).toEqual([
      status,
      { error, error_code, error_description },
    ]);
    expect(received.headers['content-type']).toBe('application/json;charset=utf-8');
    expect(received.headers['response-id']).toBe(sent.headers.find(([name]) => name === 'Request-ID')?.[1]);
    if (sent.path === '/token')
      expect(received.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched);
  });

  describe.each(CALLS)('on %s', (name) => {
    const certificate = (request: Partial<ClientCertificateRequest>, by?: KeyedCertificate) =>
      issueClientCertificate(by ?? bank.authority, {
        commonName: 'Test TPP l7accounts',
        roles: ['PSP_AI', 'PSP_IC'],
        notBefore: new Date(Date.now() - HOUR_MS),
        notAfter: new Date(Date.now() + HOUR_MS),
        ...request,
      });

    it('a caller without a certificate', async () => {
      const answer = await send(name, { certificate: null });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'GEN-1203-100008']);
    });

    it('a certificate of an authority that it does not trust', async () => {
      const stranger = await createCertificateAuthority({
        commonName: 'Stranger',
        notBefore: new Date(Date.now() - HOUR_MS),
        notAfter: new Date(Date.now() + HOUR_MS),
      });
      const answer = await send(name, { certificate: await certificate({}, stranger) });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'GEN-1203-100008']);
    });

    it.each([
      [
        'that has ended',
        { notBefore: new Date(Date.now() - 2 * HOUR_MS), notAfter: new Date(Date.now() - HOUR_MS) },
      ],
      [
        'that has not begun',
        { notBefore: new Date(Date.now() + HOUR_MS), notAfter: new Date(Date.now() + 2 * HOUR_MS) },
      ],
    ])('a certificate %s', async (_when, validity) => {
      const answer = await send(name, { certificate: await certificate(validity) });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'GEN-1203-100008']);
    });

    it('a good certificate of another client', async () => {
      const answer = await send(name, { certificate: bank.clients.paymentsOnly.certificate });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'GEN-1203-100009']);
    });

    it('a client whose certificate does not bear the role', async () => {
      const answer = await send(name, {}, new TestTpp(bank, bank.clients.scopeless));
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        403,
        {
          error: 'INVALID_TPP',
          error_code: 'B14663ZZ-2100-000000',
          error_description: 'No Active TPP found.',
        },
      ]);
    });

    afterEach(async () => expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched));
  });

  it.each([
    '/sandbox/ledger',
    '/sandbox/reset',
    '/',
    '/health/live',
    '/belfius/common/fr/fw/generic/launcher.html',
  ])('the plain port’s %s on a machine port', async (path) => {
    const answer = await bank.send({ ...tpp.call('accounts'), path });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'SANDBOX-404']);
  });

  it.each(['/consent-uris?scope=AIS', '/accounts', '/token'])(
    'the machine ports’ %s on the plain port',
    async (path) => {
      const headers = Object.fromEntries(tpp.call('AIS consent URIs').headers);
      const method = path === '/token' ? 'POST' : 'GET';
      expect((await fetch(bank.running.controlUrl + path, { method, headers })).status).toBe(404);
    },
  );

  it('every request without sense, and never with a fault of its own', async () => {
    const visible = fc.string({ unit: fc.constantFrom(...VISIBLE_ASCII), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CALLS),
        visible,
        visible,
        fc.string(),
        async (name, raw, header, text) => {
          const call = tpp.call(name, { code: text, token: text }, { query: { scope: text, [text]: raw } });
          const sent = [
            { ...call, path: `${call.path.split('?')[0]}?${encodeURI(raw)}` },
            {
              ...call,
              headers: call.headers.map(
                ([key, value]) => [key, key === 'Request-ID' ? value : header] as const,
              ),
            },
            { ...call, ...(name === 'code' || name === 'refresh' ? { body: raw } : {}) },
            tpp.call(name, { code: text, token: text }),
          ];
          for (const each of sent) {
            const { status, text: body } = await bank.send(each);
            expect(status).toBeLessThan(500);
            if (status !== 200) expect(Object.keys(JSON.parse(body) as object)).toHaveLength(3);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it.each(['/accounts/%ZZ', '/%', '/nothing'])('the path %s in its own words', async (path) => {
    const call = tpp.call('accounts');
    const answer = await bank.send({ ...call, path });
    expect(Object.keys(JSON.parse(answer.text) as object)).toEqual([
      'error',
      'error_code',
      'error_description',
    ]);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers['response-id']).toBe(call.headers.find(([name]) => name === 'Request-ID')?.[1]);
  });
});

const codeOf = ({ text }: MachineAnswer): string => (JSON.parse(text) as { error_code: string }).error_code;
