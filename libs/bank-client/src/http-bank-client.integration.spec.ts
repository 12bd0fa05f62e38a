import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CertificateError,
  ensureDevelopmentCertificates,
  type DevelopmentCertificates,
} from '@consent-hub/eidas';
import { perBrand, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { Test } from '@nestjs/testing';
import { BankClientModule } from './bank-client.module.js';
import { BankClient, type ConsentUriRequest, type TokenRequest } from './bank-client.js';
import { HttpBankClient } from './http-bank-client.js';
import { createPkce } from './pkce.js';
import { answering, HttpsBank } from '../testing/https-bank.harness.js';
import type { BankClientSettings } from './settings.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const REDIRECT_URI = 'https://tpp.example/callback/belfius?x=1';
const PAIR = { access_token: 'at-1', token_type: 'Bearer', expires_in: '900', refresh_token: 'rt-1' };

describe('calling the bank', () => {
  let dir: string;
  let certificates: DevelopmentCertificates;
  let belfius: HttpsBank;
  let banx: HttpsBank;
  let client: HttpBankClient;

  const settingsOf = (brand: Brand, apiUrl: string) => ({
    apiUrl,
    clientId: brand === 'belfius' ? 'l7b1' : 'l7a2',
    clientSecret: new Secret(brand === 'belfius' ? 's3cr3t' : 'p:ö s/+%'),
    tls: { ...certificates.clients[brand], caFile: certificates.caFile },
  });
  const settings = (): BankClientSettings => ({
    banks: {
      ...perBrand((brand) => settingsOf(brand, belfius.url)),
      banx: settingsOf('banx', `${banx.url}/sandbox/psd2/`),
    },
    timeoutMs: 5000,
    tokenTimeoutMs: 5000,
    connectionsPerBank: 4,
  });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bank-client-'));
    certificates = await ensureDevelopmentCertificates(dir);
  });
  afterAll(() => rm(dir, { recursive: true }));

  beforeEach(async () => {
    const files = { ...certificates.server, caFile: certificates.caFile };
    [belfius, banx] = await Promise.all([HttpsBank.start(files), HttpsBank.start(files)]);
    client = new HttpBankClient(settings());
  });
  afterEach(async () => {
    await client.onApplicationShutdown();
    await Promise.all([belfius.stop(), banx.stop()]);
  });

  describe('to open a consent', () => {
    const pkce = createPkce();
    const request = (more: Partial<ConsentUriRequest> = {}): ConsentUriRequest => ({
      brand: 'belfius',
      scope: 'AIS',
      redirectUri: REDIRECT_URI,
      pkce,
      state: new Secret('st/1'),
      requestId: REQUEST_ID,
      ...more,
    });

    it('asks for AIS in version 4, with the challenge in headers and no account', async () => {
      belfius.script = answering(200, [
        { language: 'fr', consent_uri: 'https://www.belfius.be/l.html?apptoken=t' },
      ]);

      const uris = await client.openConsent(request({ language: 'fr', iban: 'BE39000000076000' }));

      expect(uris).toEqual([
        { language: 'fr', uri: 'https://www.belfius.be/l.html?apptoken=t&state=st%2F1' },
      ]);
      expect(belfius.calls).toEqual([
        {
          method: 'GET',
          url: '/consent-uris?scope=AIS',
          headers: {
            host: `127.0.0.1:${belfius.port}`,
            connection: 'keep-alive',
            'Request-ID': REQUEST_ID,
            'Accept-Encoding': 'identity',
            Accept: 'application/vnd.belfius.api+json; version=4',
            'Accept-Language': 'fr',
            'Client-ID': 'l7b1',
            'Redirect-URI': REDIRECT_URI,
            'Code-Challenge-Method': 'S256',
            'Code-Challenge': pkce.challenge,
          },
          body: '',
          clientName: expect.stringMatching(/belfius/),
        },
      ]);
    });

    it('asks for CAF in version 3, for one account', async () => {
      banx.script = answering(200, [{ language: 'nl', consent_uri: 'https://www.banx.be/l.html' }]);

      await client.openConsent(request({ brand: 'banx', scope: 'CAF', iban: 'be39 0000 0007 6000' }));

      expect(belfius.calls).toEqual([]);
      expect(banx.calls[0]).toMatchObject({
        url: '/sandbox/psd2/consent-uris?scope=CAF&iban=BE39000000076000',
        headers: { Accept: 'application/vnd.belfius.api+json; version=3', 'Client-ID': 'l7a2' },
        clientName: expect.stringMatching(/banx/),
      });
    });

    it('leaves the choice of language to the bank when none is asked', async () => {
      belfius.script = answering(200, [
        { language: 'fr', consent_uri: 'https://www.belfius.be/fr' },
        { language: 'nl', consent_uri: 'https://www.belfius.be/nl' },
      ]);

      await expect(client.openConsent(request())).resolves.toHaveLength(2);
      expect(belfius.calls[0]?.headers).not.toHaveProperty('Accept-Language');
    });

    it.each([
      ['no list', answering(200, {})],
      [
        'an address that no browser may be sent to',
        answering(200, [{ language: 'fr', consent_uri: 'javascript:x' }]),
      ],
      [
        'the answer to another request',
        answering(200, [{ language: 'fr', consent_uri: 'https://b.example' }], { 'Response-ID': 'other' }),
      ],
    ])('does not use %s', async (_what, script) => {
      belfius.script = script;

      await expect(client.openConsent(request())).rejects.toMatchObject({
        code: 'unreadable_answer',
        context: { requestId: REQUEST_ID, httpStatus: 200 },
      });
    });
  });

  describe('for a pair of tokens', () => {
    const exchange = (more: Partial<TokenRequest> = {}) =>
      ({
        brand: 'belfius',
        scope: 'AIS',
        requestId: REQUEST_ID,
        grantType: 'authorization_code',
        code: new Secret('c/1+'),
        codeVerifier: new Secret('v-1'),
        redirectUri: REDIRECT_URI,
        ...more,
      }) as TokenRequest;
    const refresh = (more: Partial<TokenRequest> = {}) =>
      ({
        brand: 'belfius',
        scope: 'AIS',
        requestId: REQUEST_ID,
        grantType: 'refresh_token',
        refreshToken: new Secret('rt 0'),
        ...more,
      }) as TokenRequest;

    it('exchanges a code with its verifier', async () => {
      belfius.script = answering(200, PAIR);

      const answer = await client.requestToken(exchange());

      expect(answer).toMatchObject({ httpStatus: 200, responseIdMatches: true });
      expect(JSON.parse(answer.body.reveal())).toEqual(PAIR);
      expect(client.readTokenAnswer(answer.body)).toMatchObject({ expiresInSeconds: 900 });
      const body =
        'grant_type=authorization_code&code=c%2F1%2B' +
        '&redirect_uri=https%3A%2F%2Ftpp.example%2Fcallback%2Fbelfius%3Fx%3D1&code_verifier=v-1';
      expect(belfius.calls).toEqual([
        {
          method: 'POST',
          url: '/token',
          headers: {
            host: `127.0.0.1:${belfius.port}`,
            connection: 'keep-alive',
            'Request-ID': REQUEST_ID,
            'Accept-Encoding': 'identity',
            Accept: 'application/vnd.belfius.api+json; version=3',
            Authorization: `Basic ${Buffer.from('l7b1:s3cr3t').toString('base64')}`,
            'Content-Type': 'application/x-www-form-urlencoded',
            'content-length': String(body.length),
          },
          body,
          clientName: expect.stringMatching(/belfius/),
        },
      ]);
    });

    it('refreshes with nothing but the refresh token', async () => {
      belfius.script = answering(200, PAIR);

      await client.requestToken(refresh());

      expect(belfius.calls[0]?.body).toBe('grant_type=refresh_token&refresh_token=rt+0');
    });

    it.each([
      ['AIS', '3'],
      ['PIS', '3'],
      ['CAF', '2'],
    ] as const)('speaks for %s in version %s', async (scope, version) => {
      belfius.script = answering(200, PAIR);

      await client.requestToken(refresh({ scope }));

      expect(belfius.calls[0]?.headers['Accept']).toBe(
        `application/vnd.belfius.api+json; version=${version}`,
      );
    });

    it('names itself in the encoding of RFC 6749 section 2.3.1', async () => {
      banx.script = answering(200, PAIR);

      await client.requestToken(refresh({ brand: 'banx' }));

      const [scheme, credentials = ''] = banx.calls[0]?.headers['Authorization']?.split(' ') ?? [];
      expect(scheme).toBe('Basic');
      expect(Buffer.from(credentials, 'base64').toString()).toBe('l7a2:p%3A%C3%B6+s%2F%2B%25');
    });

    it.each([
      ['echoes another Request-ID', { 'Response-ID': '00000000-0000-4000-8000-000000000000' }],
      ['echoes none', { 'Response-ID': '' }],
    ])('keeps the pair when the bank %s', async (_what, headers) => {
      belfius.script = answering(200, PAIR, headers);

      const answer = await client.requestToken(refresh());

      expect(answer.responseIdMatches).toBe(false);
      expect(client.readTokenAnswer(answer.body).refreshToken?.reveal()).toBe('rt-1');
    });

    it('reads a success with any content type', async () => {
      belfius.script = answering(200, PAIR, { 'Content-Type': 'text/html' });
      const { body } = await client.requestToken(refresh());
      expect(client.readTokenAnswer(body).refreshToken?.reveal()).toBe('rt-1');
    });

    it('keeps a success that cannot be read', async () => {
      belfius.script = answering(200, '{"access_token":"at-1","refre');

      const { body } = await client.requestToken(refresh());

      expect(body.reveal()).toBe('{"access_token":"at-1","refre');
      expect(() => client.readTokenAnswer(body)).toThrow(/unreadable_answer/);
    });

    it('distinguishes a refused refresh token from a refused code, which RFC 6749 both call invalid_grant', async () => {
      belfius.script = answering(401, { error: 'invalid_grant', error_code: '10006' });

      const context = { requestId: REQUEST_ID, httpStatus: 401, error: 'invalid_grant', errorCode: '10006' };
      await expect(client.requestToken(refresh())).rejects.toMatchObject({
        code: 'refresh_token_refused',
        context,
      });
      await expect(client.requestToken(exchange())).rejects.toMatchObject({
        code: 'security_refused',
        context,
      });
    });
  });

  describe('for the accounts', () => {
    const request = { brand: 'belfius', accessToken: new Secret('at-1'), requestId: REQUEST_ID } as const;

    it('shows the access token in version 3', async () => {
      belfius.script = answering(200, [{ iban: 'BE39000000076000', logical_id: 'eyJ0.x.y' }]);

      await expect(client.listAccounts(request)).resolves.toEqual([
        { iban: 'BE39000000076000', logicalId: 'eyJ0.x.y' },
      ]);
      expect(belfius.calls).toMatchObject([
        {
          method: 'GET',
          url: '/accounts',
          headers: {
            'Request-ID': REQUEST_ID,
            'Accept-Encoding': 'identity',
            Accept: 'application/vnd.belfius.api+json; version=3',
            'Accept-Language': 'fr',
            'Client-ID': 'l7b1',
            Authorization: 'Bearer at-1',
          },
          body: '',
        },
      ]);
    });

    it('does not take the accounts of another request', async () => {
      belfius.script = answering(200, [], { 'Response-ID': '00000000-0000-4000-8000-000000000000' });

      await expect(client.listAccounts(request)).rejects.toMatchObject({ code: 'unreadable_answer' });
    });

    it('takes accounts without any echo', async () => {
      belfius.script = (response) => response.end('[]');

      await expect(client.listAccounts(request)).resolves.toEqual([]);
    });

    it('says how long to wait when the bank is busy', async () => {
      belfius.script = answering(503, { error: 'SERVICE_UNAVAILABLE' }, { 'Retry-After': '30' });

      await expect(client.listAccounts(request)).rejects.toMatchObject({
        code: 'busy',
        context: {
          requestId: REQUEST_ID,
          httpStatus: 503,
          error: 'SERVICE_UNAVAILABLE',
          retryAfterSeconds: 30,
        },
      });
    });
  });

  describe('over its connections', () => {
    const list = () =>
      client.listAccounts({ brand: 'belfius', accessToken: new Secret('at'), requestId: REQUEST_ID });

    it('keeps them alive: twenty calls, ten at a time, need no more than the four that it may open', async () => {
      await Promise.all(Array.from({ length: 10 }, list));
      await Promise.all(Array.from({ length: 10 }, list));

      expect(belfius.calls).toHaveLength(20);
      expect(belfius.connections).toBeLessThanOrEqual(4);
    });

    it('opens another when the bank closed an idle one', async () => {
      await list();
      await belfius.closeConnections();

      await expect(list()).resolves.toEqual([]);
      expect(belfius.calls).toHaveLength(2);
      expect(belfius.connections).toBe(2);
    });

    it('lets a running call end when the application shuts down, and sends nothing after', async () => {
      const held: (() => void)[] = [];
      belfius.script = (response) => held.push(() => response.end('[]'));
      const running = list();
      await belfius.seen(1);

      const closed = client.onApplicationShutdown();
      await expect(list()).rejects.toMatchObject({ code: 'not_sent' });
      held.forEach((release) => release());

      await expect(running).resolves.toEqual([]);
      await closed;
      await client.onApplicationShutdown();
      expect(belfius.calls).toHaveLength(1);
    });
  });

  it('is what the module provides, and ends with the application', async () => {
    const app = await Test.createTestingModule({
      imports: [BankClientModule.register(settings())],
    }).compile();
    const provided = app.get(BankClient);

    expect(provided).toBeInstanceOf(HttpBankClient);
    await app.close();
    const call = provided.listAccounts({
      brand: 'banx',
      accessToken: new Secret('at'),
      requestId: REQUEST_ID,
    });
    await expect(call).rejects.toMatchObject({ code: 'not_sent' });
  });

  it.each([
    [
      'a missing certificate',
      { tls: { certFile: '/nowhere', keyFile: '/nowhere', caFile: '/nowhere' } },
      CertificateError,
    ],
    ['plain http', { apiUrl: 'http://127.0.0.1:1' }, TypeError],
  ])('does not start with %s', (_what, fault, type) => {
    const good = settings();
    const banks = { ...good.banks, banx: { ...good.banks.banx, ...fault } };

    expect(() => new HttpBankClient({ ...good, banks })).toThrow(type);
  });
});
