import { createHmac, timingSafeEqual } from 'node:crypto';

/** Headers of a request: a record, as Node has it, or what `fetch` calls `Headers`. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** An event as it is sent. Its `id` is always the same, however often it arrives. */
export interface WebhookEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  /** For instance `consent.failed`; more are added over time. */
  readonly type: string;
  /** Id of the consent; absent where the hub itself is meant. */
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Place in the order of all events: compare as text. */
  readonly sequence?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type WebhookFault = 'headers_missing' | 'too_old' | 'too_new' | 'signature_wrong' | 'malformed';

/** The message must not be acted on: its sender is unknown. */
export class WebhookVerificationError extends Error {
  constructor(readonly code: WebhookFault) {
    super(`the webhook is not verified: ${code.replaceAll('_', ' ')}`);
    this.name = 'WebhookVerificationError';
  }
}

export interface VerifyOptions {
  /** How far the clock of the hub may be from this one. */
  readonly toleranceSeconds?: number;
  readonly now?: () => Date;
}

const TOLERANCE_SECONDS = 300;
const PREFIX = /^whsec_/;

/**
 * Verifies a message of the hub by Standard Webhooks: one of its signatures must be of this secret, and it must not be old. During
 * the day after a rotation messages carry two signatures, so the old and the new secret both verify.
 *
 * @param body as it arrived, to the byte: what was parsed and written anew has another signature
 * @param secret `whsec_…`
 * @returns the event; drop one whose `id` you have seen
 * @throws WebhookVerificationError
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secret: string,
  { toleranceSeconds = TOLERANCE_SECONDS, now = () => new Date() }: VerifyOptions = {},
): WebhookEvent {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  );
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('headers_missing');
  const age = now().getTime() / 1000 - Number(timestamp);
  if (age > toleranceSeconds) throw new WebhookVerificationError('too_old');
  if (age < -toleranceSeconds) throw new WebhookVerificationError('too_new');
  const expected = createHmac('sha256', Buffer.from(secret.replace(PREFIX, ''), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest();
  if (!signatures.split(' ').some((signature) => isSame(signature, expected)))
    throw new WebhookVerificationError('signature_wrong');
  return parsed(body);
}

const isHeaders = (headers: WebhookHeaders): headers is { get(name: string): string | null } =>
  typeof headers['get' as keyof WebhookHeaders] === 'function';

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;

  const key = Object.keys(headers).find((known) => known.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return typeof value === 'string' ? value : value?.[0];
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text = ''] = signature.split(',');
  const given = Buffer.from(text, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}

function parsed(body: string | Uint8Array): WebhookEvent {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8')) as WebhookEvent;
  } catch {
    throw new WebhookVerificationError('malformed');
  }
}
