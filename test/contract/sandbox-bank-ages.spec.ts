import { createHash, randomUUID } from 'node:crypto';
import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import { DirectBankModel, MARIE } from '../support/direct-bank-model.js';
import { TestTpp } from '../support/test-tpp.js';
import { KIT_MISTAKES, RECORDED_CONSENTS, type RecordedConsent } from './facts/recorded-consents.js';
import { REFUSALS_OF_AGES } from './facts/refusals-of-ages.js';
import { TOKEN_ANSWERS, WITHDRAWN_WORDS } from './facts/token-answers.js';

type Links = { language: string; consent_uri: string }[];
type Tokens = Record<string, unknown> & { refresh_token: string };

const IBAN = 'BE83063154780915';
const bodyOf = ({ text }: MachineAnswer): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** What is left of a token answer when the pair, its type, its life and its scope are taken away. */
function additionalFieldsOf(tokens: Record<string, unknown>): string[] {
  const always = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope'];
  return Object.keys(tokens)
    .filter((name) => !always.includes(name))
    .sort();
}

describe('the sandbox bank that serves every age', () => {
  let bank: BankUnderTest;
  let outside: DirectBankModel;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_CONTRACT: 'all' });
    outside = await DirectBankModel.open(bank);
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(async () => {
    await outside.close();
    await bank.close();
  });

  describe('refuses', () => {
    let untouched: string;

    beforeAll(async () => {
      untouched = await dumpDatabase(bank.databaseUrl);
    });

    it.each(REFUSALS_OF_AGES)('$fact, on $call ($source)', async ({ call, but, answer }) => {
      const [status, error, error_code, error_description] = answer;
      const sent = tpp.call(call, {}, but);
      const received = await bank.send(sent);
      expect([received.status, bodyOf(received)]).toEqual([status, { error, error_code, error_description }]);
      expect(received.headers['content-type']).toBe('application/json;charset=utf-8');
      expect(received.headers['response-id']).toBe(sent.headers.find(([name]) => name === 'Request-ID')?.[1]);
      if (sent.path === '/token')
        expect(received.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
      expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched);
    });

    it.each([
      ['AIS consent URIs', '1'],
      ['AIS consent URIs', '2'],
      ['AIS consent URIs', '3'],
      ['code', '1'],
      ['code', '1.1'],
      ['refresh', '2'],
    ] as const)(
      'on %s of version %s, a caller whose certificate is none, or another’s, or lacks the role',
      async (name, version) => {
        const but = { version, ...(name === 'AIS consent URIs' && { query: { iban: IBAN } }) };
        const { paymentsOnly, banx, scopeless } = bank.clients;
        const answers = [
          await tpp.send(tpp.call(name, {}, { ...but, certificate: null })),
          await tpp.send(tpp.call(name, {}, { ...but, certificate: paymentsOnly.certificate })),
          await tpp.send(tpp.call(name, {}, { ...but, certificate: banx.certificate })),
          await tpp.send(new TestTpp(bank, scopeless).call(name, {}, but)),
        ];
        expect(answers.map((answer) => [answer.status, bodyOf(answer)['error_code']])).toEqual([
          [401, 'GEN-1203-100008'],
          [401, 'GEN-1203-100009'],
          [401, 'GEN-1203-100009'],
          [403, 'B14663ZZ-2100-000000'],
        ]);
        expect(await dumpDatabase(bank.databaseUrl)).toBe(untouched);
      },
    );
  });

  describe('asked for consent URIs', () => {
    it.each([
      ['1', { iban: IBAN, scope: null }, 'AIS'],
      ['1', { iban: IBAN }, 'AIS'],
      ['2', { iban: IBAN }, 'AIS'],
      ['2', { iban: IBAN, scope: 'CAF' }, 'CAF'],
      ['3', { iban: IBAN.toLowerCase() }, 'AIS'],
      ['3', { iban: IBAN, scope: 'CAF' }, 'CAF'],
      ['4', {}, 'AIS'],
    ])('in version %s with %j, answers with links of %s', async (version, query, scope) => {
      const links = await tpp.ok<Links>(tpp.call('AIS consent URIs', {}, { version, query }));
      expect(links.map(({ language }) => language)).toEqual(['fr', 'nl']);
      for (const { consent_uri } of links)
        expect(new URL(consent_uri).searchParams.get('appkey')).toBe(`PSD2_${scope}`);
    });

    it('lets the PSU approve no other account than the one that was named', async () => {
      const call = tpp.call('AIS consent URIs', {}, { version: '3', query: { iban: IBAN } });
      const [link] = await tpp.ok<Links>(call);
      const wish = { consent_uri: link?.consent_uri, decision: 'approve' };
      await expect(tpp.decide({ ...wish, psu: 'jan-peeters' })).rejects.toThrow('409');
      expect((await tpp.decide({ ...wish, psu: MARIE })).searchParams.has('code')).toBe(true);
    });
  });

  it.each(TOKEN_ANSWERS)(
    'answers for $scope in version $version with the fields of that version ($source)',
    async ({ scope, version, additional: expected }) => {
      const { tpp: by, code } = await outside.codeOf(scope);
      const first = await by.ok<Tokens>(by.call('code', { code }, { version }));
      const next = await by.ok<Tokens>(by.call('refresh', { token: first.refresh_token }, { version }));
      expect([additionalFieldsOf(first), additionalFieldsOf(next)]).toEqual([
        expected.code,
        expected.refresh,
      ]);
      for (const tokens of [first, next]) {
        expect(tokens).toMatchObject({
          token_type: 'Bearer',
          scope,
          expires_in: version === '3' ? 3600 : '3600',
        });
        if (expected.refresh.includes('iban'))
          expect(tokens).toMatchObject({ iban: IBAN, logical_id: first['logical_id'] });
      }
    },
  );

  it.each(WITHDRAWN_WORDS)(
    'says $error $code in version $version when the PSU has withdrawn $scope, to a refresh and to an exchange ($source)',
    async ({ scope, version, error, code: error_code }) => {
      const { tpp: by, code } = await outside.codeOf(scope);
      const { refresh_token: token } = await by.ok<Tokens>(by.call('code', { code }, { version }));
      const { code: unspent } = await outside.codeOf(scope);
      await outside.model.consents.withdraw(MARIE, { scope });
      for (const call of [
        by.call('refresh', { token }, { version }),
        by.call('code', { code: unspent }, { version }),
      ]) {
        const answer = await by.send(call);
        expect([answer.status, bodyOf(answer)]).toEqual([
          403,
          { error, error_code, error_description: expect.stringContaining('/consent-uris') },
        ]);
      }
    },
  );

  describe('met by clients of every age', () => {
    const fill = (text: string, values: Readonly<Record<string, string>>): string =>
      text.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
    const uuid = '6f1c1a52-0b7e-4d6e-9d43-2c8b7f0a9e11';

    const play = async ({ consentUris, token }: RecordedConsent) => {
      const { brand, id, secret, certificate } = bank.clients.belfius;
      const known = {
        client_id: id,
        basic: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        uuid,
        padded_challenge: sha256(uuid),
      };
      const send = (
        method: string,
        path: string,
        headers: RecordedConsent['token']['headers'],
        body?: string,
      ) =>
        bank.send({
          brand,
          method,
          path,
          headers: headers.map(
            ([name, value]) => [name, fill(value, { ...known, request_id: randomUUID() })] as const,
          ),
          ...(body !== undefined && { body }),
          certificate,
        });
      const links = await send('GET', consentUris.path, consentUris.headers);
      const [link] = JSON.parse(links.text) as Links;
      const returned = await tpp.decide({
        consent_uri: `${link?.consent_uri}&state=s`,
        decision: 'approve',
        psu: MARIE,
      });
      const code = encodeURIComponent(returned.searchParams.get('code') ?? '');
      const granted = await send('POST', '/token', token.headers, fill(token.code, { ...known, code }));
      const { refresh_token = '' } = JSON.parse(granted.text) as { refresh_token?: string };
      const refreshed = await send('POST', '/token', token.headers, fill(token.refresh, { refresh_token }));
      return { links, granted, refreshed };
    };

    it.each(KIT_MISTAKES)('refuses %s, and the code stays good', async (_what, fields) => {
      const links = await tpp.ok<Links>(
        tpp.call('AIS consent URIs', {}, { version: '1', query: { iban: IBAN } }),
      );
      const wish = { consent_uri: links[0]?.consent_uri, decision: 'approve', psu: MARIE };
      const code = (await tpp.decide(wish)).searchParams.get('code') ?? '';
      const refused = await tpp.send(tpp.call('code', { code }, { version: '1', fields }));
      expect([refused.status, bodyOf(refused)['error_code']]).toEqual([401, 'GEN-1203-100008']);
      expect((await tpp.send(tpp.call('code', { code }, { version: '1' }))).status).toBe(200);
    });

    it.each(RECORDED_CONSENTS)('serves $client', async (recorded) => {
      const { links, granted, refreshed } = await play(recorded);
      expect(links.status).toBe(200);
      expect((JSON.parse(links.text) as Links).map(({ language }) => language)).toEqual(recorded.languages);
      expect(granted.status).toBe(200);
      expect(Object.keys(bodyOf(granted)).sort()).toEqual([...recorded.granted].sort());
      expect(refreshed.status).toBe(200);
      expect(bodyOf(refreshed)).not.toHaveProperty('sca_token');
    });
  });
});
