import {
  REDIRECT_URI,
  startBankUnderTest,
  type BankUnderTest,
  type MachineAnswer,
} from '../support/bank-under-test.js';
import {
  dataCall,
  jsonOf,
  openAccount,
  wordsOf,
  type DataRequest,
  type Tokens,
} from '../support/data-calls.js';
import { TestTpp } from '../support/test-tpp.js';

const DAY_SECONDS = 86_400;
const DESCRIPTION = 'SCA is required. Please follow the corresponding URL in the response body.';

describe('the sandbox bank, where a fresh SCA is needed', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;
  let home: { tokens: Tokens; logicalId: string };
  /** By how much the bank's clock runs ahead of ours. */
  let ahead = 0;

  beforeAll(async () => {
    bank = await startBankUnderTest({
      SANDBOX_CONTRACT: 'all',
      SANDBOX_ACCESS_TOKEN_SECONDS: String(200 * DAY_SECONDS),
    });
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());
  beforeEach(async () => {
    home = await openAccount(tpp, 'marie-dubois', 'BE83063154780915');
  });

  const advance = async (seconds: number): Promise<void> => {
    await bank.advance(seconds);
    ahead += seconds;
  };
  const date = (daysAgo: number): string =>
    new Date(Date.now() + (ahead - daysAgo * DAY_SECONDS) * 1000).toISOString().slice(0, 10);
  const ask = (changes: Partial<DataRequest> = {}): Promise<MachineAnswer> =>
    tpp.send(
      dataCall(tpp, {
        path: `/accounts/${home.logicalId}/transactions`,
        version: '3',
        token: home.tokens.access_token,
        ...changes,
      }),
    );
  const sca = (): string => home.tokens.sca_token ?? '';
  const oldest = (answer: MachineAnswer): string => {
    const { booked } = jsonOf(answer)['transactions'] as { booked: { execution_date: string }[] };
    return booked.at(-1)?.execution_date ?? '';
  };

  it('gives the last 90 days without an SCA token, and two years with one', async () => {
    expect(oldest(await ask({ query: { pagesize: '400' } })) >= date(91)).toBe(true);
    const whole = await ask({ query: { pagesize: '400' }, headers: { 'SCA-Token': sca() } });
    expect(oldest(whole) < date(200)).toBe(true);
    const early = { date_from: date(1000), date_to: date(640), pagesize: '400' };
    const answer = await ask({ query: early, headers: { 'SCA-Token': sca() } });
    expect(oldest(answer) >= date(732)).toBe(true);
    expect(oldest(answer) < date(690)).toBe(true);
  });

  it.each([
    ['a beginning', { date_from: 120 }],
    ['an end', { date_to: 92 }],
  ])('sends the PSU to authenticate for %s of more than 90 days ago', async (_what, query) => {
    const asked = Object.fromEntries(Object.entries(query).map(([name, days]) => [name, date(days)]));
    const answer = await ask({ query: asked, headers: { 'Redirect-URI': REDIRECT_URI } });
    expect(wordsOf(answer)).toEqual([401, 'SCA_REQUIRED', 'B14800ZZ-0PLC-REDRCT', DESCRIPTION]);
    const { url, ...others } = jsonOf(answer);
    expect(Object.keys(others)).toEqual(['error', 'error_code', 'error_description']);
    const uri = new URL(String(url));
    expect(uri.origin + uri.pathname).toBe(
      `${bank.running.controlUrl}/belfius/common/fr/fw/generic/launcher.html`,
    );
    expect(uri.searchParams.get('appkey')).toBe('PSD2_AIS');
    expect((await ask({ query: asked, headers: { 'SCA-Token': sca() } })).status).toBe(200);
  });

  it.each(['1', '1.2'])(
    'says so in the words of version %s, with the URL in the description',
    async (version) => {
      const answer = await ask({ version, query: { date_from: date(120) } });
      const [status, error, code, description] = wordsOf(answer);
      expect([status, error, code]).toEqual([400, 'SCA_required', '20007']);
      expect(String(description)).toMatch(/ http:\/\/\S+launcher\.html\?appkey=PSD2_AIS&apptoken=\S+$/);
      expect(String(description).endsWith(String(jsonOf(answer)['url']))).toBe(true);
    },
  );

  it('opens the whole history again once the PSU has followed the URL', async () => {
    await advance(3_601);
    const query = { date_from: date(120) };
    const stale = await ask({ query, headers: { 'SCA-Token': sca() } });
    expect(wordsOf(stale)).toEqual([401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100010', 'Invalid JWT']);
    const { url } = jsonOf(await ask({ query, headers: { 'Redirect-URI': REDIRECT_URI } }));
    const returned = await tpp.decide({
      consent_uri: `${String(url)}&state=s-1`,
      decision: 'approve',
      psu: 'marie-dubois',
    });
    expect(returned.searchParams.get('state')).toBe('s-1');
    const token = returned.searchParams.get('sca_token') ?? '';
    expect((await ask({ query, headers: { 'SCA-Token': token } })).status).toBe(200);
  });

  it('wants an authentication after 90 days even for the newest transactions, and never for the balance', async () => {
    await advance(89 * DAY_SECONDS);
    expect((await ask()).status).toBe(200);
    await advance(DAY_SECONDS);
    const answer = await ask();
    expect(wordsOf(answer).slice(0, 2)).toEqual([401, 'SCA_REQUIRED']);
    expect((await ask({ path: `/accounts/${home.logicalId}` })).status).toBe(200);
    await tpp.decide({
      consent_uri: String(jsonOf(answer)['url']),
      decision: 'approve',
      psu: 'marie-dubois',
    });
    expect((await ask()).status).toBe(200);
  });

  it('leads back to the first registered redirect URI where the call names none, and to no strange one', async () => {
    const query = { date_from: date(120) };
    const { url } = jsonOf(await ask({ query }));
    const returned = await tpp.decide({ consent_uri: String(url), decision: 'refuse' });
    expect(returned.href.startsWith(REDIRECT_URI)).toBe(true);
    const strange = await ask({ query, headers: { 'Redirect-URI': 'https://elsewhere.example/' } });
    expect(wordsOf(strange).slice(0, 3)).toEqual([401, 'FAILED_SECURITY_VALIDATION', 'GEN-1203-100008']);
  });

  it('refuses an SCA token that it did not issue, even where none is needed', async () => {
    const other = await openAccount(tpp, 'jan-peeters', 'BE60068223114070');
    for (const token of ['invented', other.tokens.sca_token ?? ''])
      expect(wordsOf(await ask({ headers: { 'SCA-Token': token } })).slice(0, 3)).toEqual([
        401,
        'FAILED_SECURITY_VALIDATION',
        'GEN-1203-100010',
      ]);
  });

  it('wants the SCA token again on a page that lies further back', async () => {
    const first = await ask({ query: { pagesize: '200' }, headers: { 'SCA-Token': sca() } });
    const { next_page_key: next } = jsonOf(first)['transactions'] as { next_page_key: string };
    expect(wordsOf(await ask({ query: { next } })).slice(0, 2)).toEqual([401, 'SCA_REQUIRED']);
    expect((await ask({ query: { next }, headers: { 'SCA-Token': sca() } })).status).toBe(200);
  });
});
