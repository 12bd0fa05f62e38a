import { randomBytes } from 'node:crypto';
import { HttpsService, type ServiceAnswer, type ServiceCall } from '../../testing/https-service.harness.js';
import { AwsKmsKeyEncryption } from './aws-kms.js';
import { signV4 } from './signature-v4.js';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret-of-the-hub',
  sessionToken: 'session',
};
const ENV = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
};
const KEY = 'alias/consent-hub';
const REGION = 'eu-central-1';
const PLAIN = Buffer.from('0001fffe00', 'hex');

const refusal = (type: string, message = ''): ServiceAnswer => ({
  status: 400,
  body: { __type: type, message },
});

/** What is in a blob: what the service has to know to open it. It keeps no state but this. */
interface Blob {
  readonly key: string;
  readonly context: string;
  readonly plain: string;
}

/** As the service answers: it recomputes the signature over what arrived, and binds the context to the blob. */
class Kms {
  private readonly blobs = new Map<string, Blob>();

  answer({ method, path, headers, body }: ServiceCall): ServiceAnswer {
    if (path === '/credentials') return this.credentials(headers['authorization']);
    if (!isSigned({ method, path, headers, body })) return refusal('InvalidSignatureException');
    if (headers['content-type'] !== 'application/x-amz-json-1.1') return refusal('SerializationException');
    const given = JSON.parse(body) as Record<string, string> & { EncryptionContext: object };
    const context = JSON.stringify(given.EncryptionContext);
    const key = given['KeyId'] ?? '';
    const KeyId = `arn:aws:kms:${REGION}:111122223333:key/1234abcd`;
    if (key !== KEY && key !== 'alias/other') return refusal('NotFoundException');
    if (headers['x-amz-target'] === 'TrentService.Encrypt') {
      const blob = randomBytes(40).toString('base64');
      this.blobs.set(blob, { key, context, plain: given['Plaintext'] ?? '' });
      const answer = { CiphertextBlob: blob, KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
      return { status: 200, body: answer };
    }
    if (headers['x-amz-target'] !== 'TrentService.Decrypt') return refusal('UnknownOperationException');
    const known = this.blobs.get(given['CiphertextBlob'] ?? '');
    if (!known || known.context !== context) return refusal('InvalidCiphertextException');
    if (known.key !== key) return refusal('com.amazonaws.kms#IncorrectKeyException');
    return { status: 200, body: { Plaintext: known.plain, KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
  }

  private credentials(token: string | undefined): ServiceAnswer {
    if (token !== 'token-of-the-container') return { status: 401, body: { message: 'no' } };
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = CREDENTIALS;
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    return { status: 200, body: { AccessKeyId, SecretAccessKey, Token, Expiration } };
  }
}

function isSigned({ method, path, headers, body }: ServiceCall): boolean {
  const given = String(headers['authorization']);
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? [];
  const date = String(headers['x-amz-date']);
  const at = new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  const added = ['host', 'x-amz-date', 'x-amz-security-token'];
  const own = names
    .filter((name) => !added.includes(name))
    .map((name) => [name, String(headers[name])] as const);
  const url = new URL(path, `https://${headers.host}`);
  const request = { method: method as 'POST', url, headers: Object.fromEntries(own), body };
  const { authorization } = signV4(request, CREDENTIALS, { region: REGION, service: 'kms', at });
  return given === authorization;
}

describe('a key of AWS KMS', () => {
  let service: HttpsService;
  const opened: AwsKmsKeyEncryption[] = [];
  const kekOf = (keyId: string, env: NodeJS.ProcessEnv = ENV): AwsKmsKeyEncryption => {
    const kek = new AwsKmsKeyEncryption({
      ...{ keyId, env },
      region: REGION,
      endpoint: service.url,
      caFile: service.caFile,
    });
    opened.push(kek);
    return kek;
  };

  beforeAll(async () => {
    const kms = new Kms();
    service = await HttpsService.start((call) => kms.answer(call));
  });
  afterAll(async () => {
    for (const kek of opened) await kek.close();
    await service.close();
  });
  beforeEach(() => (service.mood = 'well'));

  it('wraps, and unwraps what it has wrapped', async () => {
    const kek = kekOf(KEY);
    const wrapped = await kek.wrap(PLAIN);

    expect(await kek.unwrap(wrapped, KEY)).toEqual(PLAIN);
    expect(service.calls.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'TrentService.Encrypt',
      'TrentService.Decrypt',
    ]);
    expect(JSON.parse(service.calls[0]?.body ?? '{}')).toEqual({
      KeyId: KEY,
      Plaintext: PLAIN.toString('base64'),
      EncryptionContext: { purpose: 'consent-hub data key' },
    });
  });

  it('does not unwrap what another key has wrapped, or what was changed', async () => {
    const kek = kekOf(KEY);
    const wrapped = await kek.wrap(PLAIN);

    await expect(kek.unwrap(wrapped, 'alias/other')).rejects.toMatchObject({ code: 'not_unwrapped' });
    await expect(kek.unwrap(Buffer.from('changed'), KEY)).rejects.toMatchObject({ code: 'not_unwrapped' });
  });

  it('takes its credentials from the agent of a container, once', async () => {
    const agent = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await service.write('token', 'token-of-the-container\n'),
    };
    const kek = kekOf(KEY, agent);
    const before = service.calls.length;

    expect(await kek.unwrap(await kek.wrap(PLAIN), KEY)).toEqual(PLAIN);
    expect(service.calls.slice(before).filter(({ path }) => path === '/credentials')).toHaveLength(1);
  });

  it.each<[string, HttpsService['mood'], string]>([
    [
      'denies access',
      refusal('AccessDeniedException', 'User: arn:aws:iam::1:user/x'),
      'AccessDeniedException',
    ],
    ['is disabled', refusal('DisabledException'), 'DisabledException'],
    ['fails', { status: 500, body: {} }, '500'],
    ['ends the connection', 'silent', 'UND_ERR_SOCKET'],
  ])('says that it cannot be used when it %s', async (_what, mood, word) => {
    service.mood = mood;
    await expect(kekOf(KEY).wrap(PLAIN)).rejects.toMatchObject({
      code: 'kek_unavailable',
      message: `AWS KMS did not do it: ${word}`,
    });
  });

  it('needs credentials', async () => {
    await expect(kekOf(KEY, {}).wrap(PLAIN)).rejects.toMatchObject({ code: 'kek_unavailable' });
  });
});
