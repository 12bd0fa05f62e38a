import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { BankAndClient, PAIR, REQUEST_ID } from '../testing/bank-and-client.harness.js';
import { answering, type Script } from '../testing/https-bank.harness.js';

const LINKS = [{ language: 'fr', consent_uri: 'https://bank.example/common/fr/l.html?apptoken=t' }];
const ACCOUNTS = [{ iban: 'BE39000000076000', logical_id: 'eyJ0.x.y' }];
const MIB = 1024 * 1024;

const headersOf = (count: number, bytes: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-Route-${n}`, 'x'.repeat(bytes)]));

const encoded =
  (encoding: string, bytes: Buffer): Script =>
  (response) => {
    response.writeHead(200, { 'Content-Encoding': encoding, 'Response-ID': REQUEST_ID });
    response.end(bytes);
  };

/** An answer that begins so, and continues otherwise than HTTP says. */
const broken =
  (text: string, then: (response: Parameters<Script>[0]) => void): Script =>
  (response) => {
    response.writeHead(200, { 'Content-Length': String(2 * MIB), 'Response-ID': REQUEST_ID });
    response.write(text, () => then(response));
  };

describe('a good answer', () => {
  let harness: BankAndClient;
  beforeAll(async () => (harness = await BankAndClient.start({ tokenTimeoutMs: 1_500 })));
  afterAll(() => harness.close());

  it.each<[string, (response: Parameters<Script>[0]) => void | Promise<void>]>([
    ['100', (response) => response.writeContinue()],
    ['102', (response) => response.writeProcessing()],
    ['103 with headers', (response) => void response.writeEarlyHints({ link: '</style.css>; rel=preload' })],
    [
      '100 twice, and 103',
      (response) => {
        response.writeContinue();
        response.writeEarlyHints({ link: '</a>' });
        response.writeContinue();
      },
    ],
    ['100 in pieces', (response) => inPieces(response, 'HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n')],
  ])('is used after %s', async (_what, announce) => {
    const before = harness.bank.connections;
    harness.answers((response, call) => {
      void Promise.resolve(announce(response)).then(() => answering(200, PAIR)(response, call));
    });

    await expect(harness.granted()).resolves.toBe('rt-1');
    await expect(harness.granted()).resolves.toBe('rt-1');
    expect(harness.bank.connections).toBeLessThanOrEqual(before + 1);
  });

  it('of the other calls is used after 100 as well', async () => {
    const after100 =
      (body: unknown): Script =>
      (response, call) => {
        response.writeContinue();
        answering(200, body)(response, call);
      };

    await expect(harness.answers(after100(LINKS)).links()).resolves.toHaveLength(1);
    await expect(harness.answers(after100(ACCOUNTS)).accounts()).resolves.toHaveLength(1);
  });

  it.each([
    ['one of 64 KiB', headersOf(1, 64 * 1024)],
    ['hundreds', headersOf(600, 50)],
    ['many large ones', headersOf(100, 1_000)],
  ])('is used with response headers beyond what is usual: %s', async (_what, headers) => {
    await expect(harness.answers(answering(200, PAIR, headers)).granted()).resolves.toBe('rt-1');
  });

  it('is used up to 1 MiB', async () => {
    const empty = JSON.stringify({ ...PAIR, padding: '' });
    const padding = 'x'.repeat(MIB - empty.length);

    await expect(harness.answers(answering(200, { ...PAIR, padding })).granted()).resolves.toBe('rt-1');
  });

  it('is asked for without an encoding', async () => {
    for (const call of [
      () => harness.answers(answering(200, PAIR)).token(),
      () => harness.answers(answering(200, LINKS)).links(),
      () => harness.answers(answering(200, ACCOUNTS)).accounts(),
    ]) {
      await call();
      expect(harness.bank.calls.at(-1)?.headers['Accept-Encoding']).toBe('identity');
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is decoded from %s all the same', async (encoding, compress) => {
    const script = (json: unknown): Script => encoded(encoding, compress(Buffer.from(JSON.stringify(json))));

    await expect(harness.answers(script(PAIR)).granted()).resolves.toBe('rt-1');
    await expect(harness.answers(script(LINKS)).links()).resolves.toHaveLength(1);
    await expect(harness.answers(script(ACCOUNTS)).accounts()).resolves.toHaveLength(1);
  });

  it('that refuses is decoded too', async () => {
    const words = JSON.stringify({ error: 'NO_ACTIVE_CONSENT', error_code: 'B14800ZZ-3013-000000' });
    harness.answers((response) => {
      response.writeHead(403, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(words));
    });

    await expect(harness.token()).rejects.toMatchObject({ code: 'consent_withdrawn' });
  });

  it.each<[string, string, Buffer]>([
    ['an unknown coding', 'zstd', gzipSync(JSON.stringify(PAIR))],
    ['bytes that are not in it', 'gzip', Buffer.from([0xff, 0xfe, 0xfd, 0xfc])],
    ['more than 1 MiB', 'gzip', gzipSync(Buffer.alloc(MIB + 1))],
  ])('loses no byte when its encoding is %s', async (_what, encoding, bytes) => {
    harness.answers(encoded(encoding, bytes));

    const { httpStatus, body } = await harness.token();

    expect(httpStatus).toBe(200);
    expect(body.reveal()).toBe(`undecoded:${encoding}:${bytes.toString('base64')}`);
    expect(() => harness.client.readTokenAnswer(body)).toThrow(/unreadable_answer/);
    for (const call of [harness.links(), harness.accounts()])
      await expect(call).rejects.toMatchObject({ code: 'unreadable_answer' });
  });

  describe('whose pair came', () => {
    const text = JSON.stringify(PAIR);
    it.each<[string, Script]>([
      ['the connection is closed', broken(text, (response) => response.socket?.destroy())],
      ['it stalls', broken(text, () => undefined)],
      ['it is endless', broken(text, (response) => response.end('x'.repeat(2 * MIB - text.length)))],
      ['it is cut off after the tokens', broken(text.slice(0, -1), (response) => response.socket?.destroy())],
    ])('grants it although %s', async (_what, script) => {
      await expect(harness.answers(script).granted()).resolves.toBe('rt-1');
    });

    it('in part leaves the call in doubt', async () => {
      harness.answers(broken(text.slice(0, -3), (response) => response.socket?.destroy()));

      await expect(harness.token()).rejects.toMatchObject({
        code: 'outcome_unknown',
        context: { httpStatus: 200 },
      });
    });
  });
});

/** One byte at a time, so that no packet holds a whole line. */
async function inPieces(response: Parameters<Script>[0], text: string): Promise<void> {
  for (const byte of text) await new Promise((sent) => response.socket?.write(byte, sent));
}
