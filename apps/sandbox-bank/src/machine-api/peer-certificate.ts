import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { readPspCertificate, type PspCertificate } from '@consent-hub/eidas';

const read = new WeakMap<Socket, PspCertificate>();

/**
 * The certificate of the other side, or null when it showed none, one that no trusted authority issued, or one that is
 * not valid now: a connection may outlive the certificate by which it was opened.
 */
export function peerCertificate(socket: Socket, now: Date): PspCertificate | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const certificate = read.get(socket) ?? readPeer(socket);
  if (!certificate) return null;
  read.set(socket, certificate);
  return certificate.notBefore <= now && now <= certificate.notAfter ? certificate : null;
}

function readPeer(socket: TLSSocket): PspCertificate | null {
  const presented = socket.getPeerX509Certificate();
  try {
    return presented ? readPspCertificate(presented.raw) : null;
  } catch {
    // A trusted authority may issue what is no certificate of a payment service provider.
    return null;
  }
}
