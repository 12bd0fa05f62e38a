import {
  createCertificateAuthority,
  issueClientCertificate,
  type KeyedCertificate,
} from '@consent-hub/eidas';
import type { PspRole } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest, type MachineCall } from '../support/bank-under-test.js';
import { dataCall, openAccounts, wordsOf } from '../support/data-calls.js';
import { PaymentTpp } from '../support/payment-calls.js';
import { TestTpp } from '../support/test-tpp.js';
import { CERTIFICATE_REFUSALS, DATA_ENDPOINTS, type CertificateKind } from './facts/certificates.js';

const HOUR_MS = 3_600_000;

describe('the sandbox bank, called for data or a payment', () => {
  let bank: BankUnderTest;
  let token: string;
  let logicalId: string;
  let untouched: string;
  const certificates = new Map<CertificateKind, KeyedCertificate | null>();

  beforeAll(async () => {
    bank = await startBankUnderTest();
    const tpp = new TestTpp(bank, bank.clients.belfius);
    const { tokens, accounts } = await openAccounts(tpp);
    token = tokens.access_token;
    logicalId = accounts[0]?.logical_id ?? '';
    const stranger = await createCertificateAuthority({ commonName: 'Stranger', ...validity(-1, 1) });
    const issue = (by: KeyedCertificate, begins: number, ends: number) =>
      issueClientCertificate(by, { commonName: 'Test TPP', roles: ALL_ROLES, ...validity(begins, ends) });
    certificates.set('none', null);
    certificates.set('of an unknown authority', await issue(stranger, -1, 1));
    certificates.set('that has ended', await issue(bank.authority, -2, -1));
    certificates.set('that has not begun', await issue(bank.authority, 1, 2));
    certificates.set('that is not registered', await issue(bank.authority, -1, 1));
    certificates.set('of another client', bank.clients.otherPayments.certificate);
    untouched = await dumpDatabase(bank.databaseUrl);
  }, 60_000);
  afterAll(() => bank.close());
  afterEach(async () => expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched));

  const ALL_ROLES: readonly PspRole[] = ['PSP_AI', 'PSP_IC', 'PSP_PI'];
  const validity = (begins: number, ends: number) => ({
    notBefore: new Date(Date.now() + begins * HOUR_MS),
    notAfter: new Date(Date.now() + ends * HOUR_MS),
  });

  const callTo = (endpoint: (typeof DATA_ENDPOINTS)[number], client = bank.clients.belfius): MachineCall => {
    const tpp = new TestTpp(bank, client);
    const payments = new PaymentTpp(bank, client);
    const path = `/accounts/${logicalId}`;
    switch (endpoint) {
      case 'account':
        return dataCall(tpp, { path, version: '3', token });
      case 'transactions':
        return dataCall(tpp, { path: `${path}/transactions`, version: '3', token });
      case 'funds': {
        const body = {
          account: { iban: 'BE83063154780915' },
          instructed_amount: { currency: 'EUR', amount: '1' },
        };
        return dataCall(tpp, { method: 'POST', path: '/funds-confirmations', version: '1', token, body });
      }
      case 'payment':
        return payments.initiation();
      case 'status':
      case 'details':
      case 'cancellation':
        return payments.resource(endpoint, 'a-payment', { token });
    }
  };

  describe.each(DATA_ENDPOINTS)('at %s', (endpoint) => {
    it.each(CERTIFICATE_REFUSALS)('refuses a certificate $kind ($source)', async ({ kind, answer }) => {
      const certificate = certificates.get(kind) ?? null;
      expect(wordsOf(await bank.send({ ...callTo(endpoint), certificate }))).toEqual(answer);
    });

    it('refuses a certificate without the role', async () => {
      const answer = await bank.send(callTo(endpoint, bank.clients.scopeless));
      expect(wordsOf(answer)).toEqual([403, 'INVALID_TPP', 'B14663ZZ-2100-000000', 'No Active TPP found.']);
    });
  });
});
