import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Below those that Linux gives to outgoing connections (net.ipv4.ip_local_port_range), which would take one in the meantime. */
const PORTS = [20_000, 32_768];
const ATTEMPTS = 100;

const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => server.close(resolve));
  });

/** A port on which no process listens at this moment. */
export async function freePort(host = '127.0.0.1') {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(...PORTS);
    if ((await portFault(port, host)) === undefined) return port;
  }
  throw new Error(`no port of ${ATTEMPTS} is free on ${host}`);
}

/** Why the port cannot be listened on (`EADDRINUSE`, `EACCES`, ...), or undefined when it can. */
export const portFault = (port, host = '127.0.0.1') =>
  listen(port, host).then(
    () => undefined,
    (error) => error.code ?? error.message,
  );
