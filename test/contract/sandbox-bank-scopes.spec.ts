import { issueClientCertificate } from '@consent-hub/eidas';
import { dumpDatabase } from '@consent-hub/testing';
import { X509Certificate } from 'node:crypto';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import { DirectBankModel } from '../support/direct-bank-model.js';
import { TestTpp } from '../support/test-tpp.js';
import { FORBIDDEN_TODAY, FORBIDDEN_TODAY_CODE, TOKEN_ANSWERS } from './facts/token-answers.js';

type Tokens = { access_token: string; refresh_token: string };

const HOUR_MS = 3_600_000;
const refusal = ({ status, text }: MachineAnswer): [number, string] => [
  status,
  (JSON.parse(text) as { error_code: string }).error_code,
];

describe('the sandbox bank, for each scope', () => {
  let bank: BankUnderTest;
  let outside: DirectBankModel;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    outside = await DirectBankModel.open(bank);
  }, 60_000);
  afterAll(async () => {
    await outside.close();
    await bank.close();
  });

  it.each(TOKEN_ANSWERS.filter(({ isLive }) => isLive))(
    'serves $scope today in token version $version ($source)',
    async ({ scope, version }) => {
      const { tpp, code } = await outside.codeOf(scope);
      const { refresh_token: token } = await tpp.ok<Tokens>(tpp.call('code', { code }, { version }));
      expect((await tpp.send(tpp.call('refresh', { token }, { version }))).status).toBe(200);
    },
  );

  it.each(FORBIDDEN_TODAY)(
    'refuses $scope in token version $version, and what was refused stays good',
    async ({ scope, version }) => {
      const isForbidden = [400, FORBIDDEN_TODAY_CODE];
      const live = scope === 'CAF' ? '2' : '3';
      const { tpp, code } = await outside.codeOf(scope);
      const before = await dumpDatabase(bank.databaseUrl);
      expect(refusal(await tpp.send(tpp.call('code', { code }, { version })))).toEqual(isForbidden);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
      const { refresh_token: token } = await tpp.ok<Tokens>(tpp.call('code', { code }, { version: live }));
      const after = await dumpDatabase(bank.databaseUrl);
      expect(refusal(await tpp.send(tpp.call('refresh', { token }, { version })))).toEqual(isForbidden);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(after);
      expect((await tpp.send(tpp.call('refresh', { token }, { version: live }))).status).toBe(200);
    },
  );

  it('keeps one pair for each scope, and lets those of the others live', async () => {
    const accounts = await outside.codeOf('AIS');
    const { access_token } = await accounts.tpp.ok<Tokens>(
      accounts.tpp.call('code', { code: accounts.code }),
    );
    const payments = await outside.codeOf('PIS');
    const paid = await payments.tpp.ok<Tokens>(payments.tpp.call('code', { code: payments.code }));
    await payments.tpp.ok(payments.tpp.call('refresh', { token: paid.refresh_token }));
    expect((await accounts.tpp.send(accounts.tpp.call('accounts', { token: access_token }))).status).toBe(
      200,
    );
  });

  describe('when a TPP comes back with a certificate that lacks the role', () => {
    /** The same client, authorised for funds confirmations only. */
    const reduced = async (): Promise<TestTpp> => {
      const client = bank.clients.belfius;
      const certificate = await issueClientCertificate(bank.authority, {
        commonName: 'Test TPP l7accounts',
        roles: ['PSP_IC', 'PSP_PI'],
        notBefore: new Date(Date.now() - HOUR_MS),
        notAfter: new Date(Date.now() + HOUR_MS),
      });
      await outside.reissue(client, fingerprintOf(certificate.certificate));
      return new TestTpp(bank, { ...client, certificate });
    };
    afterEach(() =>
      outside.reissue(bank.clients.belfius, fingerprintOf(bank.clients.belfius.certificate.certificate)),
    );

    it('exchanges and refreshes nothing of that scope, and what it holds stays good', async () => {
      const { tpp, code } = await outside.codeOf('AIS');
      const { refresh_token: token } = await tpp.ok<Tokens>(tpp.call('code', { code }));
      const unspent = await outside.codeOf('AIS');
      const without = await reduced();
      const before = await dumpDatabase(bank.databaseUrl);
      for (const call of [
        without.call('refresh', { token }),
        without.call('code', { code: unspent.code }),
        without.call('AIS consent URIs'),
      ])
        expect(refusal(await bank.send(call))).toEqual([403, 'B14663ZZ-2100-000000']);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
      await outside.reissue(tpp.client, fingerprintOf(tpp.client.certificate.certificate));
      expect((await tpp.send(tpp.call('refresh', { token }))).status).toBe(200);
    });
  });
});

/** As the bank registers it: SHA-256 over the DER, in hex. */
const fingerprintOf = (pem: string): string =>
  new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
