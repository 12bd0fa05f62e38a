import { buildConnector } from 'undici';

/**
 * undici's own way to connect, except that a socket ends with its first error. After a TLS alert node:tls lets the stream
 * come to its end, and undici would report that end: a certificate that the bank refuses would look like a bank that hung
 * up in the middle of a request.
 */
export function tlsConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    connect(target, (...result) => {
      const [, socket] = result;
      socket?.once('error', (error: Error) => socket.destroy(error));
      callback(...result);
    });
  };
}
