import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook, WebhookVerificationError } from './verify-webhook.js';

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const BODY = JSON.stringify({
  specversion: '1.0',
  id: 'evt_1_0a0b0c0d',
  type: 'consent.failed',
  data: { note: 'Zoë €' },
});

/** As another program signs it. */
function signed(secret: string, body = BODY, at = new Date()): Record<string, string> {
  return {
    'webhook-id': 'evt_1_0a0b0c0d',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('evt_1_0a0b0c0d', at, body),
  };
}

const codeOf = (verify: () => unknown): unknown => {
  try {
    return verify();
  } catch (error) {
    return error instanceof WebhookVerificationError ? error.code : error;
  }
};

describe('verifying a webhook', () => {
  const secret = newSecret();

  it('accepts what the library of Standard Webhooks has signed, as text or as bytes', () => {
    const event = verifyWebhook(signed(secret), BODY, secret);
    expect(event).toMatchObject({ id: 'evt_1_0a0b0c0d', type: 'consent.failed' });
    expect(verifyWebhook(signed(secret), Buffer.from(BODY), secret)).toEqual(event);
  });

  it('takes headers as Node and as fetch have them, in any case', () => {
    const headers = signed(secret);
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    for (const form of [new Headers(headers), upper, lists])
      expect(() => verifyWebhook(form, BODY, secret)).not.toThrow();
  });

  it('accepts one right signature among several', () => {
    const headers = signed(secret);
    const other = signed(newSecret())['webhook-signature'];
    const both = { ...headers, 'webhook-signature': `${other} v2,abc v1 ${headers['webhook-signature']}` };
    expect(() => verifyWebhook(both, BODY, secret)).not.toThrow();
  });

  it('refuses what another secret has signed, or what was changed', () => {
    const headers = signed(secret);
    expect(codeOf(() => verifyWebhook(headers, BODY, newSecret()))).toBe('signature_wrong');
    expect(codeOf(() => verifyWebhook(headers, `${BODY} `, secret))).toBe('signature_wrong');
    expect(codeOf(() => verifyWebhook({ ...headers, 'webhook-id': 'evt_2' }, BODY, secret))).toBe(
      'signature_wrong',
    );
    for (const signature of ['v1,', 'v1,AAAA', headers['webhook-signature']?.replace('v1,', 'v1a,'), ','])
      expect(codeOf(() => verifyWebhook({ ...headers, 'webhook-signature': signature }, BODY, secret))).toBe(
        'signature_wrong',
      );
  });

  it('refuses what is more than five minutes away, and allows what is nearer', () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
    const verify = (seconds: number) =>
      codeOf(() => verifyWebhook(signed(secret, BODY, at(seconds)), BODY, secret));
    expect([verify(-310), verify(310)]).toEqual(['too_old', 'too_new']);
    for (const seconds of [-290, 290]) expect(verify(seconds)).toMatchObject({ id: 'evt_1_0a0b0c0d' });
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'refuses a message without %s',
    (name) => {
      const headers = Object.fromEntries(
        Object.entries(signed(secret)).filter(([header]) => header !== name),
      );
      expect(codeOf(() => verifyWebhook(headers, BODY, secret))).toBe('headers_missing');
    },
  );

  it('refuses a timestamp that is none, and a body that is no JSON', () => {
    const headers = { ...signed(secret), 'webhook-timestamp': 'now' };
    expect(codeOf(() => verifyWebhook(headers, BODY, secret))).toBe('headers_missing');
    expect(codeOf(() => verifyWebhook(signed(secret, '{'), '{', secret))).toBe('malformed');
  });
});
