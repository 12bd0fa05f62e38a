import { Secret } from '@consent-hub/psd2-protocol';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** RFC 6749 appendix A.1. */
const VISIBLE = /^[\x20-\x7e]+$/;

/**
 * Reads `Basic base64(client_id:client_secret)`. RFC 6749 section 2.3.1 has both percent-encoded first, and not every
 * client does that: an id or a secret with a percent sign or a plus may mean two things, so both readings are given.
 *
 * @returns the readings to try, in order; none when it is no Basic header
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
