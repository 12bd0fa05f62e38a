import { readFileSync } from 'node:fs';
import { VaultError } from '../vault-error.js';
import { KekConnection, type KekAnswer } from './kek-connection.js';
import { KeyEncryption } from './key-encryption.js';
import { signV4, type AwsCredentials } from './signature-v4.js';

export interface AwsKmsSettings {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  readonly region: string;
  /** As `https://kms.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly caFile?: string;
  /** Read for each call: what the environment holds now. */
  readonly env: NodeJS.ProcessEnv;
}

const SERVICE = 'kms';
const CONTENT_TYPE = 'application/x-amz-json-1.1';
/** Bound to what is wrapped, and shown in CloudTrail. Frozen: wrapped keys are in databases. */
const CONTEXT = { purpose: 'consent-hub data key' };
/** A container's agent is asked for credentials anew before they end. */
const RENEW_BEFORE_MS = 60_000;

/**
 * A symmetric key of AWS KMS, by the documented JSON calls Encrypt and Decrypt: two calls and a signature of forty lines, where
 * the SDK would bring some thirty packages into every hub.
 */
export class AwsKmsKeyEncryption extends KeyEncryption {
  readonly name = 'aws-kms';
  private readonly connection: KekConnection;
  private granted: { readonly credentials: AwsCredentials; readonly until: number } | null = null;

  constructor(private readonly settings: AwsKmsSettings) {
    super();
    this.connection = new KekConnection('AWS KMS', settings.caFile);
  }

  get kekId(): string {
    return this.settings.keyId;
  }

  async wrap(plain: Buffer): Promise<Buffer> {
    const asked = { KeyId: this.kekId, Plaintext: plain.toString('base64'), EncryptionContext: CONTEXT };
    return this.bytesIn(await this.call('Encrypt', asked), 'CiphertextBlob');
  }

  async unwrap(wrapped: Buffer, kekId: string): Promise<Buffer> {
    const asked = { KeyId: kekId, CiphertextBlob: wrapped.toString('base64'), EncryptionContext: CONTEXT };
    const answer = await this.call('Decrypt', asked);
    const type = answer.body?.['__type'];
    if (typeof type === 'string' && /(?:^|#)(?:InvalidCiphertext|IncorrectKey)Exception$/.test(type))
      throw new VaultError('not_unwrapped', 'AWS KMS does not open the data key');
    return this.bytesIn(answer, 'Plaintext');
  }

  override close(): Promise<void> {
    return this.connection.close();
  }

  private async call(action: 'Encrypt' | 'Decrypt', asked: object): Promise<KekAnswer> {
    const url = new URL('/', this.settings.endpoint);
    const body = JSON.stringify(asked);
    const headers = { 'content-type': CONTENT_TYPE, 'x-amz-target': `TrentService.${action}` };
    const signed = signV4({ method: 'POST', url, headers, body }, await this.credentials(), {
      region: this.settings.region,
      service: SERVICE,
      at: new Date(),
    });
    return this.connection.send('POST', url.href, signed, body);
  }

  /** Bytes of a success; an error names the type of a refusal. */
  private bytesIn({ status, body }: KekAnswer, name: string): Buffer {
    const value = body?.[name];
    if (status === 200 && typeof value === 'string') return Buffer.from(value, 'base64');
    const type = body?.['__type'];
    const word = typeof type === 'string' ? /(\w{1,64})$/.exec(type)?.[1] : undefined;
    throw this.connection.unavailable(word ?? status);
  }

  /** Those of the environment, or of the agent that ECS and EKS run next to a container. */
  private async credentials(): Promise<AwsCredentials> {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = this.settings.env;
    if (accessKeyId && secretAccessKey)
      return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    if (this.granted && this.granted.until > Date.now()) return this.granted.credentials;
    return this.askAgent();
  }

  private async askAgent(): Promise<AwsCredentials> {
    const { env } = this.settings;
    const url = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
    if (!url) throw new VaultError('kek_unavailable', 'there are no credentials for AWS KMS');
    const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
    const token = file ? readFileSync(file, 'utf8').trim() : env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
    const { body } = await this.connection.send('GET', url, token ? { authorization: token } : {});
    const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
      ...['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'],
    ].map((name) => body?.[name]);
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string')
      throw new VaultError('kek_unavailable', 'the agent of the container gave no credentials for AWS KMS');
    const credentials = {
      ...{ accessKeyId, secretAccessKey },
      ...(typeof sessionToken === 'string' && { sessionToken }),
    };
    const end = typeof expiration === 'string' ? Date.parse(expiration) : 0;
    this.granted = { credentials, until: end - RENEW_BEFORE_MS };
    return credentials;
  }
}
