import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { readPspCertificate, type PspCertificate } from '@consent-hub/eidas';
import { Secret } from '@consent-hub/psd2-protocol';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** RFC 6749 appendix A.1. */
const VISIBLE = /^[\x20-\x7e]+$/;

/**
 * Reads `Basic base64(client_id:client_secret)`. RFC 6749 section 2.3.1 requires both to be percent-encoded first, which
 * not every client does: an id or a secret with a percent sign or a plus is ambiguous, so both readings are returned.
 *
 * @returns the readings to try, in order; none when it is not a Basic header
 */
export function basicCredentials(authorization: string): ClientCredentials[] {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return [];
  const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)];
  const [decodedId, decodedSecret] = [formDecoded(clientId), formDecoded(clientSecret)];
  const isEncoded = decodedId !== clientId || decodedSecret !== clientSecret;
  return [
    ...(isEncoded && decodedId !== undefined && decodedSecret !== undefined
      ? [{ clientId: decodedId, clientSecret: new Secret(decodedSecret) }]
      : []),
    { clientId, clientSecret: new Secret(clientSecret) },
  ].filter((reading) => VISIBLE.test(reading.clientId));
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const read = new WeakMap<Socket, PspCertificate>();

/**
 * The certificate of the peer, or null when there is none, when no trusted authority issued it, or when it is not valid
 * now: a connection may outlive its certificate.
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
    // A trusted authority may also issue certificates that are not of a payment service provider.
    return null;
  }
}
