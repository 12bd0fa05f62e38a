import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { newWebhookSecret, signedHeaders } from './webhook-signature.js';

const nowSeconds = () => Math.floor(Date.now() / 1000);
const message = () => ({ id: 'evt_1_0a0b0c0d', timestamp: nowSeconds(), body: '{"name":"Zoë €"}' });

describe('the signature of a webhook', () => {
  it('is verified by the library of Standard Webhooks', () => {
    const secret = newWebhookSecret();
    const sent = message();
    const headers = { ...signedHeaders(sent, [secret]) };
    expect(new Webhook(secret.reveal()).verify(sent.body, headers)).toEqual({ name: 'Zoë €' });
  });

  it('is verified with each of two secrets, and with no other', () => {
    const [one, two, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
    const sent = message();
    const headers = { ...signedHeaders(sent, [one, two]) };
    for (const secret of [one, two])
      expect(() => new Webhook(secret.reveal()).verify(sent.body, headers)).not.toThrow();
    expect(() => new Webhook(other.reveal()).verify(sent.body, headers)).toThrow(WebhookVerificationError);
  });

  it('covers the id, the time and the body', () => {
    const secret = newWebhookSecret();
    const sent = message();
    const headers = { ...signedHeaders(sent, [secret]) };
    const verify = (body: string, changed: Record<string, string>) => () =>
      new Webhook(secret.reveal()).verify(body, { ...headers, ...changed });
    expect(verify(`${sent.body} `, {})).toThrow(WebhookVerificationError);
    expect(verify(sent.body, { 'webhook-id': 'evt_2_0a0b0c0d' })).toThrow(WebhookVerificationError);
    expect(verify(sent.body, { 'webhook-timestamp': String(sent.timestamp + 1) })).toThrow(
      WebhookVerificationError,
    );
  });

  it('is made with 32 random bytes', () => {
    const secrets = Array.from({ length: 100 }, () => newWebhookSecret().reveal());
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets)
      expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
  });
});
