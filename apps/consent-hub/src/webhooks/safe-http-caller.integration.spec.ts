import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EventReceiver } from '../../testing/event-receiver.harness.js';
import { SafeHttpCaller, type Resolve, type SafeHttpOptions } from './safe-http-caller.js';

let receiver: EventReceiver;
let callers: SafeHttpCaller[];
beforeEach(async () => {
  receiver = await EventReceiver.start();
  callers = [];
});
afterEach(async () => {
  for (const caller of callers) await caller.close();
  receiver.release(204);
  await receiver.close();
});

async function caller(options: Partial<SafeHttpOptions> = {}): Promise<SafeHttpCaller> {
  const ca = await readFile(receiver.caFile, 'utf8');
  const made = new SafeHttpCaller({ allowsPrivate: true, ca, timeoutMs: 2_000, ...options });
  callers.push(made);
  return made;
}

const post = async (url: string, options: Partial<SafeHttpOptions> = {}) =>
  (await caller(options)).post(url, { 'content-type': 'application/json' }, '{}');

const failed = (error: string): unknown => expect.objectContaining({ status: null, error });
const resolvingTo =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('a call to an address that an API client has chosen', () => {
  it('gives the status of the answer and nothing else of it', async () => {
    receiver.answer = () => ({ status: 503, headers: { 'retry-after': '120', 'x-secret': 'a' } });
    expect(await post(`${receiver.url}/hook?a=1`)).toEqual({
      status: 503,
      error: 'http_503',
      retryAfter: '120',
      date: expect.any(String),
    });
    expect(receiver.messages.map(({ path }) => path)).toEqual(['/hook?a=1']);
  });

  it('takes the first of a header that came twice', async () => {
    receiver.stream = (response) =>
      void response.writeHead(429, ['retry-after', '7', 'retry-after', '8']).end();
    expect(await post(receiver.url)).toMatchObject({ status: 429, retryAfter: '7' });
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://0x7f000001/',
    'https://localhost/',
    'http://93.184.216.34/',
  ])('is not made to %s', async (url) => {
    expect(await post(url, { allowsPrivate: false })).toEqual(failed('address_refused'));
  });

  it('is not made where any address of the name is private', async () => {
    const resolve = resolvingTo('93.184.216.34', '127.0.0.1');
    expect(await post(receiver.url, { allowsPrivate: false, resolve })).toEqual(failed('address_refused'));
    expect(await (await caller({ allowsPrivate: false, resolve })).check(receiver.url)).toBe(
      'address_refused',
    );
    expect(receiver.messages).toEqual([]);
  });

  it('is refused when the name has another address than when it was checked', async () => {
    const answers = [resolvingTo('93.184.216.34'), resolvingTo('127.0.0.1')];
    const resolve: Resolve = (hostname) => (answers.shift() ?? resolvingTo())(hostname);
    const one = await caller({ allowsPrivate: false, resolve });
    expect(await one.check(receiver.url)).toBeUndefined();
    expect(await one.post(receiver.url, {}, '{}')).toEqual(failed('address_refused'));
    expect(receiver.messages).toEqual([]);
  });

  it('resolves the name once, and connects to the address that was checked', async () => {
    let resolved = 0;
    const resolve: Resolve = () => {
      resolved++;
      return resolvingTo('127.0.0.1')('');
    };
    const { port } = new URL(receiver.url);
    // No other resolver knows this name; the certificate is of another one.
    expect(await post(`https://receiver.invalid:${port}/`, { resolve })).toEqual(failed('tls_failed'));
    expect(await post(receiver.url, { resolve })).toMatchObject({ status: 204, error: null });
    expect(resolved).toBe(2);
  });

  it('follows no redirect', async () => {
    receiver.answer = () => ({ status: 307, headers: { location: `${receiver.url}/other` } });
    expect(await post(`${receiver.url}/hook`)).toMatchObject({ status: 307, error: 'http_307' });
    expect(receiver.messages.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('ends at its deadline', async () => {
    receiver.answer = () => 'silence';
    const begun = performance.now();
    expect(await post(receiver.url, { timeoutMs: 300 })).toEqual(failed('timeout'));
    expect(performance.now() - begun).toBeLessThan(2_000);
    const never: Resolve = () => new Promise(() => undefined);
    expect(await post(receiver.url, { timeoutMs: 300, resolve: never })).toEqual(failed('timeout'));
  });

  it('writes nothing after its deadline', async () => {
    const resolve: Resolve = async () => {
      await delay(600);
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const one = await caller({ timeoutMs: 300, resolve });
    expect(await one.post(receiver.url, {}, '{}')).toEqual(failed('timeout'));
    await delay(800);
    expect(receiver.messages).toEqual([]);
  });

  it('reads no more than 4 KiB of a body, and takes the status for what it is', async () => {
    let written = 0;
    receiver.stream = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384;
      };
      response.on('drain', more);
      more();
    };
    expect(await post(receiver.url)).toMatchObject({ status: 200, error: null });
    expect(written).toBeLessThan(8 * 1024 * 1024);
  });

  it('does not wait for a body that does not come', async () => {
    receiver.stream = (response) => void response.writeHead(200).write('{');
    const begun = performance.now();
    expect(await post(receiver.url, { timeoutMs: 10_000 })).toMatchObject({ status: 200, error: null });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('says in a word why there was no answer', async () => {
    receiver.answer = () => 'hang up';
    expect(await post(receiver.url)).toEqual(failed('connection_reset'));
    expect(await post('https://localhost:1/')).toEqual(failed('connection_refused'));
    expect(await post('https://nowhere.invalid/')).toEqual(failed('dns_failed'));
    expect(await post(receiver.url, { ca: '' })).toEqual(failed('tls_failed'));
    expect(await post(receiver.url, { resolve: resolvingTo() })).toEqual(failed('dns_failed'));
    receiver.stream = (response) => void response.socket?.end('HTTP/1.1 abc\r\n\r\n');
    expect(await post(receiver.url)).toEqual(failed('answer_unreadable'));
    receiver.stream = (response) => void response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
    expect(await post(receiver.url)).toEqual(failed('answer_unreadable'));
  });
});
