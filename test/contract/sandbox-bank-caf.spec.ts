import { startBankUnderTest, type BankUnderTest } from '../support/bank-under-test.js';
import { TestTpp } from '../support/test-tpp.js';

type Tokens = { access_token: string; refresh_token: string; logical_id: string };

const IBAN = 'BE83063154780915';

describe('the sandbox bank, for funds confirmations', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());

  const exchange = async (): Promise<Tokens> =>
    tpp.ok(tpp.call('code', { code: await tpp.code('CAF consent URIs') }, { version: '2' }));
  const refusal = async (call: ReturnType<TestTpp['call']>): Promise<[number, string]> => {
    const { status, text } = await tpp.send(call);
    return [status, (JSON.parse(text) as { error_code: string }).error_code];
  };

  it('gives a link of its own kind, for an account in any case of letters', async () => {
    const call = tpp.call('CAF consent URIs', {}, { query: { iban: IBAN.toLowerCase() } });
    const [link] = await tpp.ok<{ consent_uri: string }[]>(call);
    expect(new URL(link?.consent_uri ?? '').searchParams.get('appkey')).toBe('PSD2_CAF');
  });

  it('answers a code with the fields of version 2: the account, and the life in a string', async () => {
    expect(await exchange()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: '3600',
      refresh_token: expect.any(String),
      scope: 'CAF',
      logical_id: expect.stringMatching(/^[\w.-]+$/),
      iban: IBAN,
    });
  });

  it('keeps the logical ID through a refresh, and through another consent', async () => {
    const first = await exchange();
    const second = await tpp.ok<Tokens>(
      tpp.call('refresh', { token: first.refresh_token }, { version: '2' }),
    );
    expect(second).toMatchObject({ scope: 'CAF', iban: IBAN, logical_id: first.logical_id });
    expect((await exchange()).logical_id).toBe(first.logical_id);
  });

  it('lets the pair of AIS of the same PSU live', async () => {
    const accounts = await tpp.firstPair();
    await exchange();
    expect((await tpp.send(tpp.call('accounts', { token: accounts.access_token }))).status).toBe(200);
  });

  it('refuses its code and its refresh token in version 3, and both stay good', async () => {
    const code = await tpp.code('CAF consent URIs');
    expect(await refusal(tpp.call('code', { code }))).toEqual([400, 'GEN-1202-100002']);
    const { refresh_token: token } = await tpp.ok<Tokens>(tpp.call('code', { code }, { version: '2' }));
    expect(await refusal(tpp.call('refresh', { token }))).toEqual([400, 'GEN-1202-100002']);
    expect((await tpp.send(tpp.call('refresh', { token }, { version: '2' }))).status).toBe(200);
  });

  it('does not list accounts for its access token', async () => {
    const { access_token: token } = await exchange();
    expect(await refusal(tpp.call('accounts', { token }))).toEqual([401, 'GEN-1203-100003']);
  });
});
