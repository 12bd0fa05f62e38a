import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NONCE_BYTES, TAG_BYTES } from '../envelope.js';
import { VaultError } from '../vault-error.js';
import { KeyEncryption } from './key-encryption.js';
import type { Mechanism, Pkcs11Api, Pkcs11Module } from './pkcs11-api.js';

export interface Pkcs11Settings {
  /** Path of the HSM's PKCS#11 library. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pinFile: string;
  /** Label of a secret key of AES that may encrypt and decrypt. */
  readonly keyLabel: string;
}

interface Session {
  readonly api: Pkcs11Api;
  readonly module: Pkcs11Module;
  readonly handle: Buffer;
}

/** The module's code that says it was initialised before, by another user of the same process. */
const ALREADY_INITIALIZED = 0x191;
/** It does not open: changed, or of another key. Modules say the one or the other; SoftHSM a general error. */
const NOT_OPENED = new Set([0x5, 0x40, 0x41]);
const LABEL_BYTES = 32;
/** Not a literal in the import, which would be resolved when this is compiled. */
const PACKAGE: string = 'pkcs11js';

/**
 * A key in an HSM, by PKCS#11: AES-GCM there, so that the key never leaves it. A session for each call, of which there are a few
 * a day: an HSM that was away in between is no matter. The calls block, for milliseconds, at the start and when keys are rotated.
 */
export class Pkcs11KeyEncryption extends KeyEncryption {
  readonly name = 'pkcs11';

  constructor(private readonly settings: Pkcs11Settings) {
    super();
  }

  get kekId(): string {
    return this.settings.keyLabel;
  }

  wrap(plain: Buffer): Promise<Buffer> {
    return this.inSession((session) => {
      const nonce = randomBytes(NONCE_BYTES);
      const { module, handle } = session;
      module.C_EncryptInit(handle, gcm(session, nonce), findKey(session, this.kekId));
      const sealed = module.C_Encrypt(handle, plain, Buffer.alloc(plain.length + TAG_BYTES));
      return Buffer.concat([nonce, sealed]);
    });
  }

  unwrap(wrapped: Buffer, kekId: string): Promise<Buffer> {
    return this.inSession((session) => {
      const { module, handle } = session;
      const [nonce, sealed] = [wrapped.subarray(0, NONCE_BYTES), wrapped.subarray(NONCE_BYTES)];
      module.C_DecryptInit(handle, gcm(session, nonce), findKey(session, kekId));
      try {
        return module.C_Decrypt(handle, sealed, Buffer.alloc(sealed.length));
      } catch (error) {
        const code = codeOf(error);
        if (code === null || !NOT_OPENED.has(code)) throw error;
        throw new VaultError('not_unwrapped', 'the HSM does not open the data key');
      }
    });
  }

  private async inSession(work: (session: Session) => Buffer): Promise<Buffer> {
    const api = await loadApi();
    const module = new api.PKCS11();
    try {
      module.load(this.settings.module);
      initialize(module);
      const slot = this.findSlot(module);
      const handle = module.C_OpenSession(slot, api.CKF_SERIAL_SESSION);
      try {
        logIn(api, module, handle, readPin(this.settings.pinFile));
        return work({ api, module, handle });
      } finally {
        module.C_CloseSession(handle);
      }
    } catch (error) {
      if (error instanceof VaultError) throw error;
      const code = codeOf(error);
      const reason = code === null ? 'its module cannot be loaded' : `0x${code.toString(16)}`;
      throw new VaultError('kek_unavailable', `the HSM did not do it: ${reason}`, {}, { cause: error });
    }
  }

  private findSlot(module: Pkcs11Module): Buffer {
    for (const slot of module.C_GetSlotList(true))
      if (module.C_GetTokenInfo(slot).label.slice(0, LABEL_BYTES).trimEnd() === this.settings.token)
        return slot;
    throw new VaultError('kek_unavailable', `the HSM has no token ${this.settings.token}`);
  }
}

/** An optional dependency: it is compiled when it is installed, and who has no HSM needs no compiler. */
async function loadApi(): Promise<Pkcs11Api> {
  try {
    const loaded = (await import(PACKAGE)) as Pkcs11Api & { readonly default?: Pkcs11Api };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new VaultError('kek_unavailable', 'the package pkcs11js is not installed', {}, { cause });
  }
}

function initialize(module: Pkcs11Module): void {
  try {
    module.C_Initialize();
  } catch (error) {
    if (codeOf(error) !== ALREADY_INITIALIZED) throw error;
  }
}

/** A login holds for all sessions of the process. */
function logIn(api: Pkcs11Api, module: Pkcs11Module, session: Buffer, pin: string): void {
  try {
    module.C_Login(session, api.CKU_USER, pin);
  } catch (error) {
    if (codeOf(error) !== api.CKR_USER_ALREADY_LOGGED_IN) throw error;
  }
}

function readPin(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new VaultError('kek_unavailable', `${file} cannot be read`);
  }
}

function findKey({ api, module, handle }: Session, label: string): Buffer {
  module.C_FindObjectsInit(handle, [
    { type: api.CKA_CLASS, value: api.CKO_SECRET_KEY },
    { type: api.CKA_LABEL, value: label },
  ]);
  const found = module.C_FindObjects(handle, 2);
  module.C_FindObjectsFinal(handle);
  const [key] = found;
  if (key && found.length === 1) return key;
  throw new VaultError(
    'kek_unavailable',
    `the HSM has ${found.length > 1 ? 'several keys' : 'no key'} ${label}`,
  );
}

const gcm = ({ api }: Session, iv: Buffer): Mechanism => ({
  mechanism: api.CKM_AES_GCM,
  parameter: { type: api.CK_PARAMS_AES_GCM, iv, ivBits: 8 * NONCE_BYTES, tagBits: 8 * TAG_BYTES },
});

const codeOf = (error: unknown): number | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
