import { randomBytes, createCipheriv, createDecipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import { HttpsService, type ServiceAnswer, type ServiceCall } from '../../testing/https-service.harness.js';
import { VaultTransitKeyEncryption } from './vault-transit.js';

const TOKEN = 's.token-of-the-hub';
const KEYS = new Map([
  ['consent-hub', randomBytes(32)],
  ['other', randomBytes(32)],
]);
const PLAIN = Buffer.from('0001fffe00plain', 'hex');

const refusal = (status: number, reason: string): ServiceAnswer => ({ status, body: { errors: [reason] } });

/** As the engine answers: its own envelope around `data`, ciphertexts with a version, refusals as `errors`. */
function engine({ method, path, headers, body }: ServiceCall): ServiceAnswer {
  if (headers['x-vault-token'] !== TOKEN) return refusal(403, 'permission denied');
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

describe('the transit engine of OpenBao or Vault', () => {
  let service: HttpsService;
  let tokenFile: string;
  let kek: VaultTransitKeyEncryption;
  const kekOf = (key: string): VaultTransitKeyEncryption =>
    new VaultTransitKeyEncryption({
      url: `${service.url}/v1/transit`,
      key,
      tokenFile,
      caFile: service.caFile,
    });

  beforeAll(async () => {
    service = await HttpsService.start(engine);
    tokenFile = await service.write('token', `${TOKEN}\n`);
    kek = kekOf('consent-hub');
  });
  afterAll(async () => {
    await kek.close();
    await service.close();
  });
  beforeEach(() => (service.mood = 'well'));

  it('wraps, and unwraps what it has wrapped', async () => {
    const wrapped = await kek.wrap(PLAIN);

    expect(wrapped.toString()).toMatch(/^vault:v3:/);
    expect(await kek.unwrap(wrapped, 'consent-hub')).toEqual(PLAIN);
    expect(service.calls.map(({ path }) => path)).toEqual([
      '/v1/transit/encrypt/consent-hub',
      '/v1/transit/decrypt/consent-hub',
    ]);
  });

  it('unwraps with the key that has wrapped, whichever wraps now', async () => {
    const wrapped = await kek.wrap(PLAIN);
    const next = kekOf('other');

    expect(await next.unwrap(wrapped, 'consent-hub')).toEqual(PLAIN);
    await expect(next.unwrap(wrapped, 'other')).rejects.toMatchObject({ code: 'not_unwrapped' });
    await next.close();
  });

  it('reads its token for each call, so that an agent may renew it', async () => {
    await service.write('token', 'expired');
    await expect(kek.wrap(PLAIN)).rejects.toMatchObject({ code: 'kek_unavailable', message: /403/ });
    await service.write('token', TOKEN);
    await expect(kek.wrap(PLAIN)).resolves.toBeInstanceOf(Buffer);
  });

  it.each<[string, HttpsService['mood']]>([
    ['is sealed', { status: 503, body: { errors: ['Vault is sealed'] } }],
    ['ends the connection', 'silent'],
    ['answers something else', { status: 200, body: { data: { ciphertext: 'plain' } } }],
  ])('says that it cannot be used when it %s, and repeats neither token nor key', async (_what, mood) => {
    service.mood = mood;
    const error: unknown = await kek.wrap(PLAIN).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'VaultError', code: 'kek_unavailable' });
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [TOKEN, PLAIN.toString('base64'), PLAIN.toString('hex')])
      expect(shown).not.toContain(secret);
  });

  it('is not asked over a connection that another authority vouches for', async () => {
    const other = await HttpsService.start(engine);
    const url = `${service.url}/v1/transit`;
    const wrong = new VaultTransitKeyEncryption({ url, key: 'consent-hub', tokenFile, caFile: other.caFile });
    const before = service.calls.length;

    await expect(wrong.wrap(PLAIN)).rejects.toMatchObject({ code: 'kek_unavailable' });
    expect(service.calls.length).toBe(before);
    await wrong.close();
    await other.close();
  });
});
