import { buildConnector } from 'undici';
import { InterimAnswers } from './interim-answers.js';

/**
 * undici's own way to connect, with two exceptions. A socket ends with its first error: after a TLS alert node:tls lets the
 * stream come to its end, and undici would report that end, so that a certificate that the bank refuses would be reported as a
 * bank that closed the connection in the middle of a request. And interim answers are removed.
 */
export function tlsConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    connect(target, (...result) => {
      const [, socket] = result;
      if (socket) {
        socket.once('error', (error: Error) => socket.destroy(error));
        InterimAnswers.removeFrom(socket);
      }
      callback(...result);
    });
  };
}
