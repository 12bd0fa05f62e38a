import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** What is signed, in the words of Standard Webhooks. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** `whsec_` and 32 random bytes in base64, as Standard Webhooks writes the secrets of symmetric signatures. */
export const newWebhookSecret = (): Secret =>
  new Secret(PREFIX + randomBytes(SECRET_BYTES).toString('base64'));

/**
 * The headers of a message by Standard Webhooks 1.0.
 *
 * @param secrets each signs; receivers accept a message with one signature that they can verify
 */
export const signedHeaders = (
  message: SignedMessage,
  secrets: readonly Secret[],
): Readonly<Record<string, string>> => ({
  'webhook-id': message.id,
  'webhook-timestamp': String(message.timestamp),
  'webhook-signature': secrets.map((secret) => signatureOf(message, secret)).join(' '),
});

function signatureOf({ id, timestamp, body }: SignedMessage, secret: Secret): string {
  const key = Buffer.from(secret.reveal().slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** All headers of a message that the hub sends. */
export const messageHeaders = (
  message: SignedMessage,
  secrets: readonly Secret[],
): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'user-agent': 'consent-hub',
  ...signedHeaders(message, secrets),
});
