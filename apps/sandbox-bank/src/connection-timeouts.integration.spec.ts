import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CONNECTION_TIMEOUTS } from '@consent-hub/platform';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { startBankUnderTest, type BankUnderTest } from '../../../test/support/bank-under-test.js';
import { startSandboxBank, type RunningBank } from './bootstrap.js';

const SHORT = {
  ...CONNECTION_TIMEOUTS,
  handshakeTimeout: 200,
  headersTimeout: 200,
  requestTimeout: 400,
  connectionsCheckingInterval: 50,
};
const BODY =
  'POST /token HTTP/1.1\r\nHost: bank\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{';

describe('a connection to the sandbox bank', () => {
  jest.setTimeout(60_000);
  let atHome: BankUnderTest;
  let bank: RunningBank;
  beforeAll(async () => {
    atHome = await startBankUnderTest();
    bank = await startSandboxBank(atHome.env, { timeouts: SHORT });
  });
  afterAll(async () => {
    await bank.close();
    await atHome.close();
  });

  const portOf = (side: Brand | 'control'): number =>
    Number(new URL(side === 'control' ? bank.controlUrl : bank.apiUrls[side]).port);
  const plain = (side: Parameters<typeof portOf>[0]): Socket => connect(portOf(side), '127.0.0.1');
  const encrypted = (side: Brand): Socket =>
    connectTls({
      port: portOf(side),
      host: '127.0.0.1',
      ca: readFileSync(atHome.env['SANDBOX_TLS_CA_FILE'] ?? ''),
      checkServerIdentity: () => undefined,
    });
  const answerTo = async (socket: Socket, bytes: string): Promise<string> => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined);
    if (bytes !== '') socket.write(bytes);
    await once(socket, 'close');
    return text;
  };

  it.each(BRANDS)('of %s is closed when it never shakes hands', async (brand) => {
    expect(await answerTo(plain(brand), '')).toBe('');
  });

  it.each([
    ['belfius', 'says nothing', ''],
    ['banx', 'says nothing', ''],
    ['belfius', 'stops in its headers', 'GET /accounts HTTP/1.1\r\nHost: bank\r\n'],
    ['belfius', 'stops in its body', BODY],
  ] as const)('of %s is closed when it %s after the handshake', async (brand, _what, bytes) => {
    expect(await answerTo(encrypted(brand), bytes)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['says nothing', ''],
    ['stops in its headers', 'GET / HTTP/1.1\r\nHost: bank\r\n'],
    ['stops in its body', BODY.replace('/token', '/sandbox/clock')],
  ])('of the control is closed when it %s', async (_what, bytes) => {
    expect(await answerTo(plain('control'), bytes)).toMatch(/^HTTP\/1\.1 408 /);
  });
});
