import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * How this machine itself reaches a server on that address: one that listens on all is reached on the loopback. An IPv6
 * address is in brackets (RFC 3986, section 3.2.2).
 */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** A port that was free on the loopback a moment ago; another process may take it first. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
