import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  createCertificateAuthority,
  ensureDevelopmentCertificates,
  issueClientCertificate,
  issueServerCertificate,
  type DevelopmentCertificates,
} from '@consent-hub/eidas';
import { perBrand, Secret } from '@consent-hub/psd2-protocol';
import { Pool } from 'undici';
import type { TokenRequest } from './bank-client.js';
import { BankError, type BankErrorCode, type BankErrorContext } from './bank-error.js';
import { Exchange } from './exchange.js';
import { HttpBankClient } from './http-bank-client.js';
import { answering, HttpsBank, type Script } from '../testing/https-bank.harness.js';
import type { BankClientSettings } from './settings.js';
import { tlsConnector } from './tls-connector.js';

const REQUEST_ID = '3f0c2b0e-4f1c-4c55-9a53-6f1f3d1b7e11';
const YEAR = {
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Date.now() + 365 * 86_400_000),
};
const SECRETS = {
  clientSecret: 'secret-of-client',
  refreshToken: 'secret-of-psu',
  accessToken: 'secret-of-session',
};
const refresh: TokenRequest = {
  brand: 'belfius',
  scope: 'AIS',
  requestId: REQUEST_ID,
  grantType: 'refresh_token',
  refreshToken: new Secret(SECRETS.refreshToken),
};

describe('when the bank does not answer', () => {
  let dir: string;
  let certificates: DevelopmentCertificates;
  let bank: HttpsBank;
  const clients: HttpBankClient[] = [];

  const serverFiles = () => ({ ...certificates.server, caFile: certificates.caFile });
  const clientWith = (
    bankFault: Partial<BankClientSettings['banks']['belfius']> = {},
    more: Partial<BankClientSettings> = {},
  ): HttpBankClient => {
    const settings = {
      apiUrl: bank.url,
      clientId: 'l7b1',
      clientSecret: new Secret(SECRETS.clientSecret),
      tls: { ...certificates.clients.belfius, caFile: certificates.caFile },
      ...bankFault,
    };
    const client = new HttpBankClient({
      banks: perBrand(() => settings),
      timeoutMs: 5000,
      tokenTimeoutMs: 5000,
      connectionsPerBank: 1,
      ...more,
    });
    clients.push(client);
    return client;
  };
  const list = (client: HttpBankClient) =>
    client.listAccounts({
      brand: 'belfius',
      accessToken: new Secret(SECRETS.accessToken),
      requestId: REQUEST_ID,
    });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bank-outages-'));
    certificates = await ensureDevelopmentCertificates(dir);
  });
  afterAll(() => rm(dir, { recursive: true }));

  beforeEach(async () => {
    bank = await HttpsBank.start(serverFiles());
  });
  afterEach(async () => {
    bank.disconnect();
    await Promise.all(clients.splice(0).map((client) => client.onApplicationShutdown()));
    await bank.stop();
  });

  describe('because nothing reached it', () => {
    it('says not_sent when the connection is refused, to all who wait for one', async () => {
      const client = clientWith({ apiUrl: await unusedUrl() });

      const calls = await Promise.allSettled(Array.from({ length: 5 }, () => client.requestToken(refresh)));

      expect(calls.map((call) => call.status === 'rejected' && codeOf(call.reason))).toEqual(
        Array(5).fill('not_sent'),
      );
    });

    it('says not_sent when the name is unknown', async () => {
      await expectRefusal(clientWith({ apiUrl: 'https://bank.invalid' }), 'not_sent', {});
    });

    it('says not_sent when another authority vouches for the server', async () => {
      const foreign = await createCertificateAuthority({ commonName: 'Foreign CA', ...YEAR });
      const caFile = await write('foreign-ca.pem', foreign.certificate);

      await expectRefusal(clientWith({ tls: { ...certificates.clients.belfius, caFile } }), 'not_sent', {});
      expect(bank.calls).toEqual([]);
    });

    it('says not_sent when the server is another one than it was called by', async () => {
      const stranger = { commonName: 'Stranger', hostNames: ['stranger.example'], addresses: [], ...YEAR };
      const { certificate, key } = await issueServerCertificate(await authority(), stranger);
      const files = {
        certFile: await write('stranger.pem', certificate),
        keyFile: await write('stranger.key.pem', key),
        caFile: certificates.caFile,
      };
      const impostor = await HttpsBank.start(files);

      await expectRefusal(clientWith({ apiUrl: impostor.url }), 'not_sent', {});
      expect(impostor.calls).toEqual([]);
      await impostor.stop();
    });

    it('says not_sent when its turn never came, and does not send later', async () => {
      const held: (() => void)[] = [];
      bank.script = (response, call) => void held.push(() => answering(200, [])(response, call));
      const client = clientWith({}, { tokenTimeoutMs: 300 });
      const first = list(client);
      await bank.seen(1);

      await expectRefusal(client, 'not_sent', {});
      held.forEach((release) => release());
      await expect(first).resolves.toEqual([]);

      bank.script = answering(200, []);
      await expect(list(client)).resolves.toEqual([]);
      expect(bank.calls.map(({ url }) => url)).toEqual(['/accounts', '/accounts']);
    });

    it('says not_sent when the server ends the handshake for want of a certificate', async () => {
      const ca = await readFile(certificates.caFile);
      const pool = new Pool(bank.url, { connect: tlsConnector({ ca }) });

      const outcome = await new Promise((resolve) => {
        pool.dispatch(
          { method: 'POST', path: '/token', body: 'x' },
          new Exchange({ requestId: REQUEST_ID, timeoutMs: 5000 }, resolve),
        );
      });

      expect(codeOf(outcome)).toBe('not_sent');
      expect((outcome as BankError).cause).toMatchObject({
        code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      });
      expect(bank.calls).toEqual([]);
      await pool.close();
    });
  });

  describe('although the request was written', () => {
    const silence: Script = () => undefined;
    const hangUp: Script = (response) => response.socket?.destroy();
    const begun =
      (status: number, then: Script): Script =>
      (response, call) => {
        response.writeHead(status, { 'Content-Length': '1000' });
        response.write('{"access_token":"secret-of-session"');
        setImmediate(() => then(response, call));
      };

    it.each<[string, Script, BankErrorCode, BankErrorContext]>([
      ['the connection is closed', hangUp, 'outcome_unknown', {}],
      ['the connection is reset', (response) => void tcpReset(response.socket), 'outcome_unknown', {}],
      [
        'something else than HTTP comes',
        (r) => r.socket?.end('secret-of-session\r\n\r\n'),
        'outcome_unknown',
        {},
      ],
      [
        'headers stop half way',
        (r) => r.socket?.end('HTTP/1.1 200 OK\r\nX: secret-of'),
        'outcome_unknown',
        {},
      ],
      ['a success stops half way', begun(200, hangUp), 'outcome_unknown', { httpStatus: 200 }],
      ['a refusal stops half way', begun(401, hangUp), 'outcome_unknown', { httpStatus: 401 }],
      ['a failure stops half way', begun(500, hangUp), 'outcome_unknown', { httpStatus: 500 }],
      ['a busy answer stops half way', begun(503, hangUp), 'outcome_unknown', { httpStatus: 503 }],
      [
        'a success is endless',
        answering(200, 'x'.repeat(1_100_000)),
        'unreadable_answer',
        { httpStatus: 200 },
      ],
      ['a refusal is endless', answering(400, 'x'.repeat(1_100_000)), 'outcome_unknown', { httpStatus: 400 }],
      [
        'it is sent elsewhere',
        answering(302, '', { Location: '/else' }),
        'request_refused',
        { httpStatus: 302 },
      ],
      ['the gateway failed', answering(502, '<html>'), 'outcome_unknown', { httpStatus: 502 }],
    ])('draws no conclusion that is not sure when %s', async (_what, script, code, context) => {
      bank.script = script;

      await expectRefusal(clientWith(), code, context);
      expect(bank.calls).toHaveLength(1);
    });

    it.each<[string, Script, BankErrorContext]>([
      ['no answer begins', silence, {}],
      ['a success stalls', begun(200, silence), { httpStatus: 200 }],
    ])(
      'says outcome_unknown when %s before the deadline, and continues over a new connection',
      async (_what, script, context) => {
        const client = clientWith({}, { tokenTimeoutMs: 300 });
        await list(client);
        bank.script = script;

        await expectRefusal(client, 'outcome_unknown', context);

        bank.script = answering(200, []);
        await expect(list(client)).resolves.toEqual([]);
        expect(bank.calls.map(({ url }) => url)).toEqual(['/accounts', '/token', '/accounts']);
        expect(bank.connections).toBe(2);
      },
    );

    it('says outcome_unknown when the server hangs up on a certificate that it does not trust', async () => {
      const foreign = await createCertificateAuthority({ commonName: 'Foreign CA', ...YEAR });
      const { certificate, key } = await issueClientCertificate(foreign, { commonName: 'Acme', ...YEAR });
      const certFile = await write('foreign.pem', certificate);
      const keyFile = await write('foreign.key.pem', key);

      await expectRefusal(
        clientWith({ tls: { certFile, keyFile, caFile: certificates.caFile } }),
        'outcome_unknown',
        {},
      );
      expect(bank.calls).toEqual([]);
    });

    it('waits for a token as long as for nothing else', async () => {
      const client = clientWith({}, { timeoutMs: 100, connectionsPerBank: 2 });
      const held: (() => void)[] = [];
      bank.script = (response, call) => void held.push(() => answering(200, { late: true })(response, call));
      const token = client.requestToken(refresh);
      await bank.seen(1);

      await expect(list(client)).rejects.toThrow(BankError);
      held.forEach((release) => release());

      await expect(token).resolves.toMatchObject({ httpStatus: 200, responseIdMatches: true });
    });
  });

  it('shows no secret in an error, even when the bank repeats them all', async () => {
    const echo = Object.values(SECRETS).join(' ');
    for (const status of [200, 400, 401, 403, 429, 500, 503]) {
      bank.script = answering(
        status,
        { error: echo, error_code: echo, error_description: echo },
        { 'X-Echo': echo },
      );
      expectNoSecret(await list(clientWith()).catch((error: unknown) => error));
    }
  });

  async function expectRefusal(
    client: HttpBankClient,
    code: BankErrorCode,
    context: BankErrorContext,
  ): Promise<void> {
    const error = await client.requestToken(refresh).then(
      () => 'answered',
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BankError);
    expect(error).toMatchObject({ code, context: { requestId: REQUEST_ID, ...context } });
    expectNoSecret(error);
  }

  function expectNoSecret(error: unknown): void {
    expect(error).toBeInstanceOf(BankError);
    const { message, stack } = error as BankError;
    const shown = [
      message,
      stack,
      JSON.stringify(error),
      inspect(error, { depth: 12, showHidden: true }),
    ].join('\n');
    expect(shown).not.toContain('secret-of');
    expect(shown).not.toContain(Buffer.from(`l7b1:${SECRETS.clientSecret}`).toString('base64'));
  }

  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const authority = async () => ({
    certificate: await readFile(certificates.caFile, 'utf8'),
    key: await readFile(certificates.caKeyFile, 'utf8'),
  });
  async function unusedUrl(): Promise<string> {
    const gone = await HttpsBank.start(serverFiles());
    const { url } = gone;
    await gone.stop();
    return url;
  }
});

const codeOf = (error: unknown): unknown => (error instanceof BankError ? error.code : error);

/** Below TLS, so that no orderly end is sent. */
function tcpReset(socket: unknown): void {
  const { _parent: tcp } = socket as { _parent?: { resetAndDestroy(): void } };
  tcp?.resetAndDestroy();
}
