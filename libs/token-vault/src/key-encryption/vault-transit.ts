import { VaultError } from '../vault-error.js';
import { AppRoleTokens, TokenFile, type AppRoleSettings, type TransitTokens } from './app-role.js';
import { KekConnection, type KekAnswer } from './kek-connection.js';
import { KeyEncryption } from './key-encryption.js';

export interface VaultTransitSettings {
  /** URL of the mount, as `https://vault.example:8200/v1/transit`; without a slash at its end. */
  readonly url: string;
  /** Name of the key in the transit engine. */
  readonly key: string;
  /** A file with a token that may encrypt and decrypt with the key, read anew for each call; or a role that logs in for one. */
  readonly auth: { readonly tokenFile: string } | AppRoleSettings;
  readonly caFile?: string;
}

/** What the engine's answers begin with; the version of its key follows. */
const CIPHERTEXT = /^vault:v\d+:[A-Za-z0-9+/=]+$/;

/**
 * The transit secrets engine of OpenBao or HashiCorp Vault. The key never leaves it; its versions are its own affair: a ciphertext
 * says which one wrapped it.
 */
export class VaultTransitKeyEncryption extends KeyEncryption {
  readonly name = 'vault-transit';
  private readonly connection: KekConnection;
  private readonly tokens: TransitTokens;

  constructor(private readonly settings: VaultTransitSettings) {
    super();
    this.connection = new KekConnection('the transit engine', settings.caFile);
    const { auth } = settings;
    this.tokens =
      'tokenFile' in auth ? new TokenFile(auth.tokenFile) : new AppRoleTokens(auth, this.connection);
  }

  get kekId(): string {
    return this.settings.key;
  }

  async wrap(plain: Buffer): Promise<Buffer> {
    const answer = await this.call('encrypt', this.kekId, { plaintext: plain.toString('base64') });
    const ciphertext = textIn(answer, 'ciphertext');
    if (answer.status !== 200 || ciphertext === null || !CIPHERTEXT.test(ciphertext))
      throw this.connection.unavailable(answer.status);
    return Buffer.from(ciphertext, 'latin1');
  }

  async unwrap(wrapped: Buffer, kekId: string): Promise<Buffer> {
    const answer = await this.call('decrypt', kekId, { ciphertext: wrapped.toString('latin1') });
    // The engine says 400 for a ciphertext that is not of this key.
    if (answer.status === 400)
      throw new VaultError('not_unwrapped', 'the transit engine does not open the data key');
    const plaintext = textIn(answer, 'plaintext');
    if (answer.status !== 200 || plaintext === null) throw this.connection.unavailable(answer.status);
    return Buffer.from(plaintext, 'base64');
  }

  override close(): Promise<void> {
    return this.connection.close();
  }

  private async call(action: 'encrypt' | 'decrypt', key: string, body: object): Promise<KekAnswer> {
    const url = `${this.settings.url}/${action}/${encodeURIComponent(key)}`;
    const token = await this.tokens.current();
    const answer = await this.send(url, token, body);
    // A token may be revoked before it expires.
    if (answer.status !== 403 || !this.tokens.isReplaceable(token)) return answer;
    return this.send(url, await this.tokens.current(), body);
  }

  private send(url: string, token: string, body: object): Promise<KekAnswer> {
    const headers = { 'content-type': 'application/json', 'x-vault-token': token };
    return this.connection.send('POST', url, headers, JSON.stringify(body));
  }
}

/** A text of the `data` of an answer; null where there is none. */
function textIn({ body }: KekAnswer, name: string): string | null {
  const data = body?.['data'];
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : null;
  return typeof value === 'string' ? value : null;
}
