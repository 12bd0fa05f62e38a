import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * How this machine itself reaches a server on that address: one that listens on all is reached on the loopback. An IPv6
 * address is in brackets (RFC 3986, section 3.2.2).
 */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Below those that Linux gives to outgoing connections (net.ipv4.ip_local_port_range), which would take one in the meantime. */
const PORTS = [20_000, 32_768] as const;
const ATTEMPTS = 100;

/** A port that was free on the loopback a moment ago; another process may take it first. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(...PORTS);
    if (await isFreePort(port)) return port;
  }
  throw new Error(`no port of ${ATTEMPTS} is free`);
}

/** Whether a server could listen on that port of the loopback. */
export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
