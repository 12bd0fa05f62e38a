import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest, type MachineAnswer } from '../support/bank-under-test.js';
import { TestTpp, VERIFIER } from '../support/test-tpp.js';

type Tokens = Record<string, unknown> & { access_token: string; refresh_token: string };

const IBAN = 'BE83063154780915';
const REQUEST_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const refusal = ({ status, text }: MachineAnswer): [number, string] => [
  status,
  (JSON.parse(text) as { error_code: string }).error_code,
];

/** Everything that consents and tokens leave open, decided the other way. */
const OTHERWISE = [
  'token_v3_scope=absent',
  'token_v3_expires_in=string',
  'token_v2_expires_in=number',
  'refresh_extends_consent=yes',
  'code_refusal=invalid_input',
  'missing_credentials=invalid_client',
  'refresh_replay=kills_pair',
  'previous_access_token=valid_to_its_end',
  'unknown_version=invalid_header',
  'iban_at_v4=ignored',
  'redirect_uri=any',
  'code_challenge_method=s256_or_plain',
  'pkce_form=rfc7636',
  'duplicate_request_id=refused',
].join();

describe('the sandbox bank, set up otherwise where the bank’s pages are silent', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest({ SANDBOX_ASSUMPTIONS: OTHERWISE });
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());

  it('leaves the scope out of a token of version 3, whose life is a string', async () => {
    const tokens = await tpp.ok<Tokens>(tpp.call('code', { code: await tpp.code() }));
    expect(Object.keys(tokens)).not.toContain('scope');
    expect(tokens['expires_in']).toBe('3600');
  });

  it('gives the life of a token of version 2 as a number', async () => {
    const code = await tpp.code('CAF consent URIs');
    const tokens = await tpp.ok<Tokens>(tpp.call('code', { code }, { version: '2' }));
    expect(tokens).toMatchObject({ scope: 'CAF', expires_in: 3600 });
  });

  it('refuses a bad code, verifier or redirect URI as an input, and a used code as well', async () => {
    const code = await tpp.code();
    for (const fields of [
      { code: 'invented' },
      { code_verifier: 'v'.repeat(43) },
      { redirect_uri: 'https://tpp.example/' },
    ])
      expect(refusal(await tpp.send(tpp.call('code', { code }, { fields })))).toEqual([
        400,
        'GEN-1202-100002',
      ]);
    expect((await tpp.send(tpp.call('code', { code }))).status).toBe(200);
    expect(refusal(await tpp.send(tpp.call('code', { code })))).toEqual([400, 'GEN-1202-100002']);
  });

  it('takes a call without credentials for one of an unknown client', async () => {
    const answer = await tpp.send(tpp.call('refresh', {}, { headers: { Authorization: null } }));
    expect(refusal(answer)).toEqual([401, 'GEN-1203-100009']);
  });

  it('refuses an unknown version as a header', async () => {
    expect(refusal(await tpp.send(tpp.call('AIS consent URIs', {}, { version: '9' })))).toEqual([
      400,
      'GEN-1202-100001',
    ]);
  });

  it('keeps the access token valid that was granted before a refresh, and ends the pair when its refresh token is used again', async () => {
    const first = await tpp.firstPair();
    const second = await tpp.ok<Tokens>(tpp.call('refresh', { token: first.refresh_token }));
    const isOpen = async ({ access_token: token }: { access_token: string }): Promise<boolean> =>
      (await tpp.send(tpp.call('accounts', { token }))).status === 200;
    expect([await isOpen(first), await isOpen(second)]).toEqual([true, true]);
    expect(refusal(await tpp.send(tpp.call('refresh', { token: first.refresh_token })))).toEqual([
      401,
      'GEN-1203-100004',
    ]);
    expect([await isOpen(first), await isOpen(second)]).toEqual([false, false]);
    expect(refusal(await tpp.send(tpp.call('refresh', { token: second.refresh_token })))).toEqual([
      401,
      'GEN-1203-100004',
    ]);
  });

  it('ignores an account where the PSU chooses', async () => {
    const call = tpp.call('AIS consent URIs', {}, { query: { iban: IBAN } });
    const [link] = await tpp.ok<{ consent_uri: string }[]>(call);
    const wish = { consent_uri: link?.consent_uri, decision: 'approve', psu: 'jan-peeters' };
    expect((await tpp.decide(wish)).searchParams.has('code')).toBe(true);
  });

  it.each(['https://elsewhere.example/back', 'com.tpp.app:/back'])(
    'calls back %s, which is not registered',
    async (uri) => {
      const headers = { 'Redirect-URI': uri };
      const [link] = await tpp.ok<{ consent_uri: string }[]>(tpp.call('AIS consent URIs', {}, { headers }));
      const returned = await tpp.decide({ consent_uri: link?.consent_uri, decision: 'approve' });
      expect(returned.href.startsWith(uri)).toBe(true);
      const code = returned.searchParams.get('code') ?? '';
      const fields = { redirect_uri: uri };
      expect((await tpp.send(tpp.call('code', { code }, { fields }))).status).toBe(200);
    },
  );

  it.each(['/back', 'https://tpp.example/#back', 'javascript:alert(1)'])(
    'does not take %s for a redirect URI all the same',
    async (uri) => {
      const answer = await tpp.send(tpp.call('AIS consent URIs', {}, { headers: { 'Redirect-URI': uri } }));
      expect(refusal(answer)).toEqual([400, 'GEN-1202-100001']);
    },
  );

  describe('with a plain challenge', () => {
    const plain = (challenge: string) =>
      tpp.call(
        'AIS consent URIs',
        {},
        { headers: { 'Code-Challenge-Method': 'plain', 'Code-Challenge': challenge } },
      );

    it('wants the challenge itself as the verifier', async () => {
      const [link] = await tpp.ok<{ consent_uri: string }[]>(plain(VERIFIER));
      const returned = await tpp.decide({ consent_uri: link?.consent_uri, decision: 'approve' });
      const code = returned.searchParams.get('code') ?? '';
      const other = tpp.call('code', { code }, { fields: { code_verifier: 'v'.repeat(43) } });
      expect(refusal(await tpp.send(other))).toEqual([400, 'GEN-1202-100002']);
      expect((await tpp.send(tpp.call('code', { code }))).status).toBe(200);
    });

    it.each([
      ['of 43 characters', 'v'.repeat(43), 200],
      ['of 128 characters', '~'.repeat(128), 200],
      ['of 42 characters', 'v'.repeat(42), 400],
      ['of 129 characters', 'v'.repeat(129), 400],
      ['with a character that is none of a verifier', `${'v'.repeat(42)}+`, 400],
    ])('takes or refuses one %s', async (_what, challenge, status) => {
      expect((await tpp.send(plain(challenge))).status).toBe(status);
    });
  });

  it('insists on the spelling of RFC 7636', async () => {
    const headers = { 'Code-Challenge': `${'A'.repeat(43)}=` };
    expect(refusal(await tpp.send(tpp.call('AIS consent URIs', {}, { headers })))).toEqual([
      400,
      'GEN-1202-100001',
    ]);
    const short = tpp.call('code', {}, { fields: { code_verifier: 'v'.repeat(42) } });
    expect(refusal(await tpp.send(short))).toEqual([400, 'GEN-1202-100002']);
  });

  it('refuses a Request-ID that comes again within a day, of the same TPP, and does nothing then', async () => {
    const headers = { 'Request-ID': REQUEST_ID };
    const call = tpp.call('AIS consent URIs', {}, { headers });
    expect((await tpp.send(call)).status).toBe(200);
    const before = await dumpDatabase(bank.databaseUrl);
    const { refresh_token: token } = { refresh_token: 'whatever' };
    for (const again of [call, tpp.call('refresh', { token }, { headers })])
      expect(refusal(await tpp.send(again))).toEqual([400, 'GEN-1202-100001']);
    expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    const other = new TestTpp(bank, bank.clients.banx);
    expect((await other.send(other.call('AIS consent URIs', {}, { headers }))).status).toBe(200);
    await bank.advance(86_401);
    expect((await tpp.send(call)).status).toBe(200);
  });

  it('moves the end of a consent with each refresh', async () => {
    let token = (await tpp.firstPair()).refresh_token;
    for (const days of [170, 170]) {
      await bank.advance(days * 86_400);
      token = (await tpp.ok<Tokens>(tpp.call('refresh', { token }))).refresh_token;
    }
    await bank.advance(181 * 86_400);
    expect(refusal(await tpp.send(tpp.call('refresh', { token })))).toEqual([401, 'GEN-1203-100004']);
  });
});

describe('the sandbox bank, set up as it is', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());

  it('answers a Request-ID that comes again, and keeps none', async () => {
    const before = await dumpDatabase(bank.databaseUrl);
    const call = tpp.call('refresh', { token: 'whatever' });
    expect((await tpp.send(call)).status).toBe(401);
    expect((await tpp.send(call)).status).toBe(401);
    expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
  });

  it('ends a consent with its days, although it was refreshed before', async () => {
    const first = await tpp.firstPair();
    await bank.advance(179 * 86_400);
    const { refresh_token: token } = await tpp.ok<Tokens>(
      tpp.call('refresh', { token: first.refresh_token }),
    );
    await bank.advance(86_400);
    expect(refusal(await tpp.send(tpp.call('refresh', { token })))).toEqual([401, 'GEN-1203-100004']);
  });

  it('takes a challenge in padded base64, and holds the verifier against it', async () => {
    const headers = {
      'Code-Challenge': `${'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'.replaceAll('-', '+')}=`,
    };
    const [link] = await tpp.ok<{ consent_uri: string }[]>(tpp.call('AIS consent URIs', {}, { headers }));
    const returned = await tpp.decide({ consent_uri: link?.consent_uri, decision: 'approve' });
    const code = returned.searchParams.get('code') ?? '';
    const other = tpp.call('code', { code }, { fields: { code_verifier: 'v'.repeat(43) } });
    expect(refusal(await tpp.send(other))).toEqual([401, 'GEN-1203-100008']);
    expect((await tpp.send(tpp.call('code', { code }))).status).toBe(200);
  });
});
