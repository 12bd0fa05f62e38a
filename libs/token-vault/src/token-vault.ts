import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';
import { ENVELOPE_VERSION, readEnvelope, TAG_BYTES, writeEnvelope } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import { Nonces } from './nonces.js';
import { VaultError } from './vault-error.js';

/** What a sealed value is. Part of what it is bound to: a stored access token cannot be put in a refresh token's place. */
export type SecretPurpose =
  | 'access_token'
  | 'refresh_token'
  | 'sca_token'
  | 'sca_state'
  | 'code_verifier'
  | 'authorization_code'
  | 'link_start'
  | 'token_answer'
  | 'spooled_answers'
  | 'idempotency_answer'
  | 'webhook_secret';

/** Where a sealed value belongs. It opens there and nowhere else. */
export interface SecretBinding {
  /** Id of the consent, or of the webhook. Empty for what belongs to several, and says itself to which. */
  readonly consentId: string;
  readonly purpose: SecretPurpose;
  /** Generation of the pair, or of the secret of a webhook; 0 before the first one. */
  readonly generation: number;
}

const CIPHER = 'aes-256-gcm';

/**
 * Seals secrets for storage with AES-256-GCM under one key of the ring, at first its current one. Nonces are random, so that any
 * number of replicas seal without agreeing on a counter; NIST SP 800-38D section 8.3 therefore bounds one key to 2^32 seals, and
 * seals are counted.
 */
export class TokenVault {
  private readonly nonces = new Nonces();
  private sealsWith: string;
  /** Seals of the key that seals, since it was chosen or they were taken. */
  private sealCount = 0;
  private readonly sealCounts = new Map<string, number>();

  /** @param reloadKeys brings the ring up to date; absent where its keys never change */
  constructor(
    private readonly keys: KeyRing,
    private readonly reloadKeys?: () => Promise<unknown>,
  ) {
    this.sealsWith = keys.currentId;
  }

  /** The key that seals. */
  get currentKeyId(): string {
    return this.sealsWith;
  }

  /** Keys that this vault opens values with, the one that is to seal first. */
  get keyIds(): readonly string[] {
    return this.keys.ids;
  }

  /** Keys that may seal, the preferred one first. */
  get sealingKeyIds(): readonly string[] {
    return this.keys.sealingIds;
  }

  /**
   * Chooses the key that seals from now on: a new key must not before every reader of the values has it.
   *
   * @throws VaultError `unknown_key`
   */
  sealWith(keyId: string): void {
    this.keys.getKey(keyId);
    if (keyId === this.sealsWith) return;
    this.noteSeals();
    this.sealsWith = keyId;
  }

  /** How often each key has sealed since the last call. */
  takeSealCounts(): ReadonlyMap<string, number> {
    this.noteSeals();
    const counts = new Map(this.sealCounts);
    this.sealCounts.clear();
    return counts;
  }

  /** Gives counts back that could not be written. */
  returnSealCounts(counts: ReadonlyMap<string, number>): void {
    for (const [keyId, count] of counts)
      this.sealCounts.set(keyId, (this.sealCounts.get(keyId) ?? 0) + count);
  }

  seal(value: Secret, binding: SecretBinding): Buffer {
    const keyId = this.currentKeyId;
    const nonce = this.nonces.next();
    const cipher = createCipheriv(CIPHER, this.keys.getKey(keyId), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticatedData(keyId, binding));
    const ciphertext = cipher.update(value.reveal(), 'utf8');
    // GCM is a stream: nothing is left to come but the tag.
    cipher.final();
    this.sealCount++;
    return writeEnvelope({ keyId, nonce, tag: cipher.getAuthTag(), ciphertext });
  }

  /** @throws VaultError `malformed`, `unknown_key` or `not_opened` */
  open(sealed: Buffer, binding: SecretBinding): Secret {
    const { keyId, nonce, tag, ciphertext } = readEnvelope(sealed);
    const decipher = createDecipheriv(CIPHER, this.keys.getKey(keyId), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticatedData(keyId, binding));
    decipher.setAuthTag(tag);
    const opened = decipher.update(ciphertext);
    try {
      decipher.final();
    } catch {
      throw new VaultError('not_opened', 'the sealed value does not open here', { keyId });
    }
    return new Secret(opened.toString('utf8'));
  }

  /**
   * Runs work that opens values. Where it meets a key that this process does not have, the keys are reloaded and it runs once more.
   * A promise only then: reading a token does not wait otherwise.
   *
   * @throws VaultError as the work does
   */
  opening<T>(work: () => T): T | Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!this.reloadKeys || !(error instanceof VaultError) || error.code !== 'unknown_key') throw error;
      return this.reloadKeys().then(work);
    }
  }

  private noteSeals(): void {
    if (this.sealCount > 0) this.returnSealCounts(new Map([[this.sealsWith, this.sealCount]]));
    this.sealCount = 0;
  }
}

/** Every text has its length in front, so that no two bindings are written alike. Frozen together with the envelope. */
function authenticatedData(keyId: string, { consentId, purpose, generation }: SecretBinding): Buffer {
  const texts = [keyId, consentId, purpose];
  const most = texts.reduce((bytes, text) => bytes + 2 + 3 * text.length, 1 + 4);
  const data = Buffer.allocUnsafe(most);
  let at = data.writeUInt8(ENVELOPE_VERSION);
  for (const text of texts) {
    const length = data.write(text, at + 2, 'utf8');
    at = data.writeUInt16BE(length, at) + length;
  }
  return data.subarray(0, data.writeUInt32BE(generation, at));
}
