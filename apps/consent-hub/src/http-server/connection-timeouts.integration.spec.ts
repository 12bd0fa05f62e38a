import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import {
  CONNECTION_TIMEOUTS,
  createLogger,
  ProblemWriter,
  type ConnectionTimeouts,
} from '@consent-hub/platform';
import type { FastifyInstance } from 'fastify';
import { createAdapter } from './create-adapter.js';

jest.setTimeout(60_000);

const SHORT: ConnectionTimeouts = {
  ...CONNECTION_TIMEOUTS,
  headersTimeout: 200,
  requestTimeout: 400,
  connectionsCheckingInterval: 50,
};
const HEAD = 'POST /body HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n';

let server: FastifyInstance;
let sockets: Socket[];
let finish: () => void;
let called: Promise<unknown>;

async function start(timeouts?: ConnectionTimeouts): Promise<FastifyInstance> {
  server = createAdapter(
    createLogger('test', 'silent'),
    new ProblemWriter('https://hub.example'),
    timeouts,
  ).getInstance();
  server.get('/now', () => 'now');
  server.post('/body', () => 'body');
  const mayAnswer = new Promise<void>((resolve) => (finish = resolve));
  called = new Promise((resolve) => {
    server.get('/later', async () => {
      resolve(undefined);
      await mayAnswer;
      return 'later';
    });
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return server;
}
beforeEach(() => (sockets = []));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
});

async function open(): Promise<Socket> {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}
/** What the hub says before it closes the connection. */
async function readToTheEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

describe('a connection to the hub', () => {
  it.each([
    ['says nothing', ''],
    ['stops in its headers', 'GET /now HTTP/1.1\r\nHost: hub\r\n'],
    ['announces a body and sends none', `${HEAD}Content-Length: 10\r\n\r\n`],
    ['stops in its body', `${HEAD}Content-Length: 10\r\n\r\n{"a"`],
    ['stops in a chunked body', `${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n`],
  ])('gets an answer and is closed when it %s', async (_what, bytes) => {
    await start(SHORT);
    const socket = await open();
    socket.write(bytes);
    const answer = await readToTheEnd(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });

  it('is closed when its body comes in drops', async () => {
    await start(SHORT);
    const socket = await open();
    socket.write(`${HEAD}Content-Length: 60000\r\n\r\n`);
    const drops = setInterval(() => socket.write(' '), 20);
    const answer = await readToTheEnd(socket);
    clearInterval(drops);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is not closed while the hub works on its request, however long that takes', async () => {
    await start(SHORT);
    const waiting = await open();
    waiting.write('GET /later HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n');
    await called;
    // Connections that come later reach both deadlines before it is answered.
    const [silent, slow] = [await open(), await open()];
    slow.write(`${HEAD}Content-Length: 10\r\n\r\n`);
    await Promise.all([silent, slow].map(readToTheEnd));
    finish();
    expect(await readToTheEnd(waiting)).toMatch(/^HTTP\/1\.1 200 [^]*later$/);
  });
});

describe('a thousand silent connections', () => {
  it('keep no other client from being served, and each gets an answer to a request of its own', async () => {
    await start();
    const silent = await Promise.all(Array.from({ length: 1_000 }, open));
    const { port } = server.server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/now`)).text()).toBe('now');
    const last = silent.at(-1) ?? (await open());
    last.write('GET /now HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n');
    expect(await readToTheEnd(last)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the deadlines of a running hub', () => {
  it('close what is silent or slow within 30 seconds', async () => {
    await start();
    const { headersTimeout, requestTimeout, connectionsCheckingInterval, ...others } = CONNECTION_TIMEOUTS;
    expect(server.server).toMatchObject({
      ...{ headersTimeout, requestTimeout, connectionsCheckingInterval },
      keepAliveTimeout: others.keepAliveTimeout,
    });
    expect(headersTimeout).toBeLessThanOrEqual(requestTimeout);
    expect(requestTimeout + connectionsCheckingInterval).toBeLessThan(30_000);
    expect(others.handshakeTimeout + headersTimeout + connectionsCheckingInterval).toBeLessThan(30_000);
  });
});
