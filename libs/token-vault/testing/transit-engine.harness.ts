import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { ServiceAnswer, ServiceCall } from './https-service.harness.js';

/** That may encrypt and decrypt. */
export const TRANSIT_TOKEN = 's.token-of-the-hub';
const KEYS = new Map([
  ['consent-hub', randomBytes(32)],
  ['other', randomBytes(32)],
]);

const refusal = (status: number, reason: string): ServiceAnswer => ({ status, body: { errors: [reason] } });

/** As the engine answers: its own envelope around `data`, ciphertexts with a version, refusals as `errors`. */
export function transitEngine({ method, path, headers, body }: ServiceCall): ServiceAnswer {
  if (headers['x-vault-token'] !== TRANSIT_TOKEN) return refusal(403, 'permission denied');
  const [, action, name = ''] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w-]+)$/.exec(path) ?? [];
  const key = KEYS.get(name);
  if (method !== 'POST' || action === undefined) return refusal(404, 'no handler for route');
  if (!key) return refusal(400, 'encryption key not found');
  const given = JSON.parse(body) as Record<string, string>;
  const data =
    action === 'encrypt'
      ? { ciphertext: `vault:v3:${sealed(key, given['plaintext'] ?? '')}`, key_version: 3 }
      : opened(key, given['ciphertext'] ?? '');
  if (data === null) return refusal(400, 'cipher: message authentication failed');
  const envelope = { lease_id: '', renewable: false, lease_duration: 0, wrap_info: null, auth: null };
  return { status: 200, body: { request_id: '0b1f', ...envelope, data } };
}

function sealed(key: Buffer, base64: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(Buffer.from(base64, 'base64')), cipher.final()]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
}

function opened(key: Buffer, ciphertext: string): { plaintext: string } | null {
  const bytes = Buffer.from(ciphertext.replace(/^vault:v3:/, ''), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return { plaintext: text.toString('base64') };
  } catch {
    return null;
  }
}
