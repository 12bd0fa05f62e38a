import { dumpDatabase } from '@consent-hub/testing';
import { startBankUnderTest, type BankUnderTest } from '../../../../test/support/bank-under-test.js';
import { TestTpp } from '../../../../test/support/test-tpp.js';

/** Of any of the calls: a fact that is not there is undefined. */
type ControlBody = { readonly redirect_to: string; readonly code: string };

describe('the control calls', () => {
  let bank: BankUnderTest;
  let tpp: TestTpp;

  beforeAll(async () => {
    bank = await startBankUnderTest();
    tpp = new TestTpp(bank, bank.clients.belfius);
  }, 60_000);
  afterAll(() => bank.close());

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(bank.running.controlUrl + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: JSON.parse(text || '{}') as ControlBody,
    };
  };
  const decide = (decision: unknown) => call('POST', '/sandbox/authorizations', decision);
  const link = async (): Promise<string> => {
    const [first] = await tpp.ok<{ consent_uri: string }[]>(tpp.call('AIS consent URIs'));
    return first?.consent_uri ?? '';
  };
  const ibansOf = async (redirectTo: string): Promise<string[]> => {
    const code = new URL(redirectTo).searchParams.get('code') ?? '';
    const { access_token } = await tpp.ok<{ access_token: string }>(tpp.call('code', { code }));
    const accounts = await tpp.ok<{ iban: string }[]>(tpp.call('accounts', { token: access_token }));
    return accounts.map(({ iban }) => iban);
  };

  describe('playing the PSU', () => {
    it.each([
      ['the first PSU who has accounts to open', {}, ['BE83063154780915']],
      ['all accounts that a PSU may open', { psu: 'jan-peeters' }, ['BE60068223114070', 'BE49068223114171']],
      [
        'the wanted accounts of a PSU',
        { psu: 'jan-peeters', ibans: ['BE49068223114171'] },
        ['BE49068223114171'],
      ],
      ['the PSU who has the wanted accounts', { ibans: ['BE85083441107806'] }, ['BE85083441107806']],
    ])('approves for %s', async (_who, choice, ibans) => {
      const answer = await decide({ consent_uri: await link(), decision: 'approve', ...choice });
      expect(answer.status).toBe(200);
      expect(await ibansOf(answer.body.redirect_to)).toEqual(ibans);
    });

    it.each([
      ['an unknown PSU', { psu: 'unknown' }, 404, 'unknown_psu'],
      ['a PSU of the other brand', { psu: 'lotte-claes' }, 404, 'unknown_psu'],
      ['a PSU without accounts', { psu: 'youssef-el-amrani' }, 409, 'no_eligible_account'],
      ['a blocked account', { psu: 'thomas-maes', ibans: ['BE83088301672015'] }, 409, 'no_eligible_account'],
      ['a savings account', { ibans: ['BE20055771300256'] }, 409, 'no_eligible_account'],
      [
        'accounts of two PSUs',
        { ibans: ['BE83063154780915', 'BE60068223114070'] },
        409,
        'no_eligible_account',
      ],
      ['no accounts', { ibans: [] }, 400, 'invalid_input'],
      ['an unknown decision', { decision: 'maybe' }, 400, 'invalid_input'],
      ['a field that it does not know', { ibna: 'BE83063154780915' }, 400, 'invalid_input'],
    ])('refuses %s, and the PSU can still decide', async (_what, choice, status, code) => {
      const consent_uri = await link();
      const before = await dumpDatabase(bank.databaseUrl);
      const answer = await decide({ consent_uri, decision: 'approve', ...choice });
      expect([answer.status, answer.type, answer.body.code]).toEqual([
        status,
        'application/problem+json',
        code,
      ]);
      expect(await dumpDatabase(bank.databaseUrl)).toBe(before);
    });

    it.each(['approve', 'refuse', 'fail'])('refuses to %s what is decided', async (decision) => {
      const consent_uri = await link();
      await decide({ consent_uri, decision: 'refuse' });
      const answer = await decide({ consent_uri, decision });
      expect([answer.status, answer.body.code]).toEqual([409, 'authorization_decided']);
    });

    it('refuses to approve a link that is too old', async () => {
      const consent_uri = await link();
      await bank.advance(901);
      const answer = await decide({ consent_uri, decision: 'approve' });
      expect([answer.status, answer.body.code]).toEqual([409, 'authorization_expired']);
    });

    it.each(['http://127.0.0.1/belfius?apptoken=invented', 'http://127.0.0.1/', 'http://['])(
      'does not know %s',
      async (consent_uri) => {
        const answer = await decide({ consent_uri, decision: 'approve' });
        expect([400, 404]).toContain(answer.status);
        expect(answer.type).toBe('application/problem+json');
      },
    );
  });

  describe('the ledger', () => {
    it('counts the generations of the consent whose state it is asked for', async () => {
      const consent_uri = `${await link()}&state=${encodeURIComponent('state/1')}`;
      const { body } = await decide({ consent_uri, decision: 'approve' });
      const before = await call('GET', '/sandbox/ledger?consent=state%2F1');
      expect([before.status, before.body.code]).toEqual([404, 'no_live_pair']);
      const code = new URL(body.redirect_to).searchParams.get('code') ?? '';
      let pair = await tpp.ok<{ refresh_token: string }>(tpp.call('code', { code }));
      for (const generation of [1, 2, 3]) {
        const ledger = await call('GET', '/sandbox/ledger?consent=state%2F1');
        expect(ledger.body).toMatchObject({ live_generation: generation });
        pair = await tpp.ok<{ refresh_token: string }>(tpp.call('refresh', { token: pair.refresh_token }));
      }
      await tpp.firstPair();
      expect((await call('GET', '/sandbox/ledger?consent=state%2F1')).status).toBe(404);
    });

    it('finds no consent by a name that never reached the bank', async () => {
      const answer = await call('GET', '/sandbox/ledger?consent=0192d3f0-5b1e-7c1a-9b1e-6f2d3c4b5a69');
      expect([answer.status, answer.body.code]).toEqual([404, 'no_live_pair']);
    });

    it('is empty after a reset, and old tokens are invalid', async () => {
      const { access_token, refresh_token } = await tpp.firstPair();
      expect((await call('POST', '/sandbox/reset')).status).toBe(204);
      expect((await call('GET', '/sandbox/ledger')).body).toEqual({
        authorization_code_grants: 0,
        refresh_grants: 0,
        refresh_replays: 0,
        code_replays: 0,
        probes_after_lost_answer: 0,
        double_spends: 0,
        live_pairs: 0,
      });
      expect((await tpp.send(tpp.call('accounts', { token: access_token }))).status).toBe(401);
      expect((await tpp.send(tpp.call('refresh', { token: refresh_token }))).status).toBe(401);
      await expect(tpp.firstPair()).resolves.toHaveProperty('access_token');
    });
  });

  it('show customers, accounts and live pairs on a page without a single value of a token', async () => {
    const pair = await tpp.firstPair({ psu: 'jan-peeters' });
    const answer = await fetch(bank.running.controlUrl);
    const page = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const shown of [
      'Jan Peeters',
      'Lotte Claes',
      'BE60068223114070',
      'BE72095100023816',
      tpp.client.id,
    ]) {
      expect(page).toContain(shown);
    }
    for (const hidden of [pair.access_token, pair.refresh_token, tpp.client.secret])
      expect(page).not.toContain(hidden);
  });

  it.each(['live', 'ready'])('are %s', async (what) => {
    const answer = await call('GET', `/health/${what}`);
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    ['a body that is broken', '{', 'application/json', 400, 'malformed_request'],
    ['a body that is empty', '', 'application/json', 400, 'malformed_request'],
    ['a body that is null', 'null', 'application/json', 400, 'invalid_input'],
    ['a body that is a list', '[]', 'application/json', 400, 'invalid_input'],
    ['a body that is a number', '1', 'application/json', 400, 'invalid_input'],
    ['a body of another type', 'x', 'text/plain', 415, 'unsupported_media_type'],
    [
      'a body over 64 KiB',
      JSON.stringify({ x: 'x'.repeat(66_000) }),
      'application/json',
      413,
      'body_too_large',
    ],
  ])('answer %s with a problem', async (_what, body, type, status, code) => {
    const path = `${bank.running.controlUrl}/sandbox/authorizations`;
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
  });

  it.each(['/sandbox/reset?psu=marie-dubois', '/sandbox/authorizations?decision=approve'])(
    'refuse a parameter of which %s knows nothing',
    async (path) => {
      const answer = await call('POST', path, { consent_uri: await link(), decision: 'approve' });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
    },
  );

  it('answer an unknown path with a problem', async () => {
    const answer = await call('GET', '/sandbox/nothing');
    expect([answer.status, answer.type, answer.body.code]).toEqual([
      404,
      'application/problem+json',
      'not_found',
    ]);
  });
});
