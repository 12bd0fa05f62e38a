import { BRANDS } from '@consent-hub/psd2-protocol';
import { startSandboxBank } from '../../apps/sandbox-bank/src/bootstrap.js';
import {
  REDIRECT_URI,
  startBankUnderTest,
  type BankUnderTest,
  type MachineAnswer,
} from '../support/bank-under-test.js';
import { TestTpp, type Deviation } from '../support/test-tpp.js';
import { ACCEPT_SPELLINGS, BASE_PATHS, LANGUAGE_FACTS } from './facts/consent-uris.js';

type Links = { language: string; consent_uri: string }[];
type Tokens = Record<string, unknown> & { access_token: string; refresh_token: string };
type Account = { iban: string; logical_id: string };

const refusal = ({ status, text }: MachineAnswer): [number, string] => [
  status,
  (JSON.parse(text) as { error_code: string }).error_code,
];
/** What the ledger counts once so much more of some has come. */
const after = (before: Record<string, number>, more: Record<string, number>): Record<string, number> => ({
  ...before,
  ...Object.fromEntries(Object.entries(more).map(([name, count]) => [name, (before[name] ?? 0) + count])),
});
/** A compact JWE without an encrypted key (RFC 7516 section 7.1). */
const JWE = /^eyJ[\w-]+\.\.[\w-]{22}\.[\w-]{43}\.[\w-]{22}$/;
const OPAQUE = /^[\w-]{43}$/;

describe.each(BRANDS)('the sandbox bank as %s', (brand) => {
  let bank: BankUnderTest;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients[brand]);
  }, 60_000);
  afterAll(() => bank.close());

  const ledger = async (query = ''): Promise<Record<string, number>> =>
    (await (await fetch(`${bank.running.controlUrl}/sandbox/ledger${query}`)).json()) as Record<
      string,
      number
    >;
  const exchange = async (but: Deviation = {}): Promise<Tokens> =>
    tpp.ok(tpp.call('code', { code: await tpp.code() }, but));

  describe('asked for consent URIs', () => {
    it.each(LANGUAGE_FACTS)(
      'answers Accept-Language $asked with $answered ($source)',
      async ({ asked, answered }) => {
        const links = await tpp.ok<Links>(
          tpp.call('AIS consent URIs', {}, { headers: { 'Accept-Language': asked } }),
        );
        expect(links.map(({ language }) => language)).toEqual(answered);
      },
    );

    it('leads to the launcher of the brand, in the language of each link, with a token each', async () => {
      const links = await tpp.ok<Links>(tpp.call('AIS consent URIs'));
      for (const { language, consent_uri, ...others } of links) {
        const uri = new URL(consent_uri);
        expect(uri.origin).toBe(bank.running.controlUrl);
        expect(uri.pathname).toBe(`/${brand}/common/${language}/fw/generic/launcher.html`);
        expect([...uri.searchParams.keys()]).toEqual(['appkey', 'apptoken']);
        expect(uri.searchParams.get('appkey')).toBe('PSD2_AIS');
        expect(uri.searchParams.get('apptoken')).toMatch(/^[\w-]{550}$/);
        expect(others).toEqual({});
        expect((await fetch(`${consent_uri}&state=s`, { redirect: 'manual' })).status).toBeLessThan(400);
      }
      expect(new Set(links.map(({ consent_uri }) => consent_uri)).size).toBe(2);
    });

    it.each(ACCEPT_SPELLINGS)('understands Accept: %s', async (accept) => {
      const answer = await tpp.send(tpp.call('AIS consent URIs', {}, { headers: { Accept: accept } }));
      expect(answer.status).toBe(200);
    });

    it.each(BASE_PATHS)('answers below the base path "%s"', async (base) => {
      const call = tpp.call('AIS consent URIs');
      expect((await tpp.send({ ...call, path: base + call.path })).status).toBe(200);
    });

    it('echoes the Request-ID, whose variant it does not check', async () => {
      const requestId = '3f2504e0-4f89-41d3-0a0c-0305e82c3301';
      const answer = await tpp.send(
        tpp.call('AIS consent URIs', {}, { headers: { 'Request-ID': requestId } }),
      );
      expect([answer.status, answer.headers['response-id']]).toEqual([200, requestId]);
      expect(answer.headers['content-type']).toBe('application/json;charset=utf-8');
    });

    it('ignores the case of header names, and parameters that it does not know', async () => {
      const call = tpp.call('AIS consent URIs', {}, { query: { device: 'mobile' } });
      const headers = call.headers.map(([name, value]) => [name.toUpperCase(), value] as const);
      expect((await tpp.send({ ...call, headers })).status).toBe(200);
    });
  });

  describe('when the PSU has decided', () => {
    const decide = async (decision: string, suffix: string): Promise<string> => {
      const [link] = await tpp.ok<Links>(tpp.call('AIS consent URIs'));
      return (await tpp.decide({ consent_uri: `${link?.consent_uri}${suffix}`, decision })).href;
    };

    it('returns a code with the state as it came, to the redirect URI as it is', async () => {
      const state = 'a b/c+d=ü&e';
      const returned = await decide('approve', `&state=${encodeURIComponent(state)}`);
      expect(returned.startsWith(`${REDIRECT_URI}&`)).toBe(true);
      const { searchParams } = new URL(returned);
      expect([...searchParams.keys()]).toEqual(['flow', 'code', 'state']);
      expect(searchParams.get('state')).toBe(state);
      expect(searchParams.get('code')).toMatch(OPAQUE);
    });

    it('returns no state where none came', async () => {
      expect(new URL(await decide('approve', '')).searchParams.has('state')).toBe(false);
    });

    it.each([
      ['refuse', 'access_denied'],
      ['fail', 'server_error'],
    ])('returns an error and the state, and no code, on %s', async (decision, error) => {
      const { searchParams } = new URL(await decide(decision, '&state=s'));
      expect([searchParams.get('error'), searchParams.get('state')]).toEqual([error, 's']);
      expect(searchParams.get('error_description')).not.toBeNull();
      expect(searchParams.has('code')).toBe(false);
    });
  });

  describe('asked for tokens', () => {
    it('answers a code of AIS with the fields of version 3', async () => {
      const answer = await tpp.send(tpp.call('code', { code: await tpp.code() }));
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json;charset=utf-8',
        'cache-control': 'no-store',
        pragma: 'no-cache',
      });
      expect(JSON.parse(answer.text)).toEqual({
        access_token: expect.stringMatching(OPAQUE),
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: expect.stringMatching(OPAQUE),
        scope: 'AIS',
        sca_token: expect.stringMatching(JWE),
      });
    });

    it('answers a refresh with a new pair, and without an SCA token', async () => {
      const first = await exchange();
      const second = await tpp.ok<Tokens>(tpp.call('refresh', { token: first.refresh_token }));
      expect(Object.keys(second).sort()).toEqual([
        'access_token',
        'expires_in',
        'refresh_token',
        'scope',
        'token_type',
      ]);
      expect(second.access_token).not.toBe(first.access_token);
      expect(second.refresh_token).not.toBe(first.refresh_token);
    });

    it('accepts credentials that are percent-encoded', async () => {
      const { id, secret } = tpp.client;
      const encoded = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString(
        'base64',
      );
      const tokens = await exchange({ headers: { Authorization: `basic ${encoded}` } });
      expect(tokens.access_token).toMatch(OPAQUE);
    });

    it('ignores fields that it does not know, and a charset', async () => {
      const tokens = await exchange({
        headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        fields: { client_id: 'any-client' },
      });
      expect(tokens.access_token).toMatch(OPAQUE);
    });

    it.each([
      ['another verifier', { code_verifier: 'v'.repeat(43) }],
      ['another redirect URI', { redirect_uri: 'https://tpp.example/callback' }],
    ])('refuses a code with %s, and the code stays good', async (_what, fields) => {
      const code = await tpp.code();
      const before = await ledger();
      expect(refusal(await tpp.send(tpp.call('code', { code }, { fields })))).toEqual([
        401,
        'GEN-1203-100008',
      ]);
      expect(await ledger()).toEqual(before);
      expect((await tpp.send(tpp.call('code', { code }))).status).toBe(200);
    });

    it('refuses a used code, counts it, and leaves the pair alone', async () => {
      const code = await tpp.code();
      const { access_token } = await tpp.ok<Tokens>(tpp.call('code', { code }));
      const before = await ledger();
      expect(refusal(await tpp.send(tpp.call('code', { code })))).toEqual([401, 'GEN-1203-100008']);
      expect(await ledger()).toEqual(after(before, { code_replays: 1, double_spends: 1 }));
      expect((await tpp.send(tpp.call('accounts', { token: access_token }))).status).toBe(200);
    });

    it('refuses a rotated refresh token, counts it, and leaves the current pair alone', async () => {
      const first = await exchange();
      const second = await tpp.ok<Tokens>(tpp.call('refresh', { token: first.refresh_token }));
      const before = await ledger();
      const replay = await tpp.send(tpp.call('refresh', { token: first.refresh_token }));
      expect(refusal(replay)).toEqual([401, 'GEN-1203-100004']);
      expect(await ledger()).toEqual(after(before, { refresh_replays: 1, double_spends: 1 }));
      expect((await tpp.send(tpp.call('accounts', { token: second.access_token }))).status).toBe(200);
    });

    it('refuses a code when its five minutes have passed', async () => {
      const code = await tpp.code();
      await bank.advance(301);
      expect(refusal(await tpp.send(tpp.call('code', { code })))).toEqual([401, 'GEN-1203-100008']);
    });

    it('refuses AIS in version 2, and the code stays good', async () => {
      const code = await tpp.code();
      const answer = await tpp.send(tpp.call('code', { code }, { version: '2' }));
      expect(refusal(answer)).toEqual([400, 'GEN-1202-100002']);
      expect((await tpp.send(tpp.call('code', { code }))).status).toBe(200);
    });
  });

  describe('asked for the accounts', () => {
    it('lists those that the PSU opened, by IBAN and logical ID', async () => {
      const { access_token } = await exchange();
      const accounts = await tpp.ok<Account[]>(tpp.call('accounts', { token: access_token }));
      expect(accounts).toEqual([
        { iban: expect.stringMatching(/^BE\d{14}$/), logical_id: expect.stringMatching(JWE) },
      ]);
    });

    it('refuses the access token of before a refresh, of before another consent, and of an hour ago', async () => {
      const first = await exchange();
      const second = await tpp.ok<Tokens>(tpp.call('refresh', { token: first.refresh_token }));
      const third = await exchange();
      for (const token of [first.access_token, second.access_token]) {
        expect(refusal(await tpp.send(tpp.call('accounts', { token })))).toEqual([401, 'GEN-1203-100003']);
      }
      const call = tpp.call('accounts', { token: third.access_token });
      expect((await tpp.send(call)).status).toBe(200);
      await bank.advance(3600);
      expect(refusal(await tpp.send(call))).toEqual([401, 'GEN-1203-100003']);
    });
  });

  describe('run as two processes on one database', () => {
    it('refreshes once in each of a hundred rounds of fifty callers, at either process', async () => {
      const other = await startSandboxBank(bank.env);
      try {
        const before = await ledger();
        let token = (await exchange()).refresh_token;
        for (let round = 0; round < 100; round++) {
          const call = tpp.call('refresh', { token });
          const answers = await Promise.all(
            Array.from({ length: 50 }, (_, at) => tpp.send(call, at % 2 ? other : bank.running)),
          );
          expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(49).fill(401)]);
          const won = answers.find(({ status }) => status === 200);
          token = (JSON.parse(won?.text ?? '') as Tokens).refresh_token;
        }
        expect(await ledger()).toMatchObject({
          refresh_grants: (before['refresh_grants'] ?? 0) + 100,
          refresh_replays: (before['refresh_replays'] ?? 0) + 4_900,
        });
      } finally {
        await other.close();
      }
    }, 60_000);

    it('gives fifty callers of one code one pair, and fifty callers of its refresh token the next', async () => {
      const other = await startSandboxBank(bank.env);
      try {
        const race = async (name: 'code' | 'refresh', value: string): Promise<Tokens> => {
          const answers = await Promise.all(
            Array.from({ length: 50 }, (_, at) =>
              tpp.send(tpp.call(name, { code: value, token: value }), at % 2 ? other : bank.running),
            ),
          );
          const won = answers.filter(({ status }) => status === 200);
          expect(won).toHaveLength(1);
          expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
          return JSON.parse(won[0]?.text ?? '') as Tokens;
        };
        const before = await ledger();
        const first = await race('code', await tpp.code());
        const second = await race('refresh', first.refresh_token);
        const grants = { authorization_code_grants: 1, refresh_grants: 1 };
        const replays = { code_replays: 49, refresh_replays: 49, double_spends: 98 };
        expect(await ledger()).toEqual(after(before, { ...grants, ...replays }));
        const call = tpp.call('accounts', { token: second.access_token });
        expect((await tpp.send(call, other)).status).toBe(200);
      } finally {
        await other.close();
      }
    }, 60_000);
  });
});
