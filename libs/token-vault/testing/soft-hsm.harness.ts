import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pkcs11Api } from '../src/key-encryption/pkcs11-api.js';
import type { Pkcs11Settings } from '../src/key-encryption/pkcs11.js';

const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(
  existsSync,
);
export const PIN = '1234-of-the-hub';
const api = (() => {
  try {
    return createRequire(import.meta.filename)('pkcs11js') as Pkcs11Api;
  } catch {
    return null;
  }
})();
/** What the tests of HSMs lack; null: nothing. */
export const missing =
  MODULE === undefined ? 'SoftHSM (Debian: softhsm2)' : api === null ? 'the package pkcs11js' : null;
if (missing !== null) console.warn(`The tests of HSMs are skipped: ${missing} is not installed.`);

/** What makes a key in the token; not used by the hub. */
interface Maker {
  load(file: string): void;
  C_Initialize(): void;
  C_GetSlotList(tokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { readonly label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_GenerateKey(session: Buffer, mechanism: object, template: readonly object[]): Buffer;
  C_CloseSession(session: Buffer): void;
}

function makeKeys(token: string, labels: readonly string[]): void {
  const constants = api as unknown as Record<string, number>;
  const maker = new (api as Pkcs11Api).PKCS11() as unknown as Maker;
  maker.load(MODULE ?? '');
  maker.C_Initialize();
  const slot = maker.C_GetSlotList(true).find((one) => maker.C_GetTokenInfo(one).label.trimEnd() === token);
  const session = maker.C_OpenSession(slot as Buffer, 2 | (constants['CKF_SERIAL_SESSION'] ?? 0));
  maker.C_Login(session, constants['CKU_USER'] ?? 0, PIN);
  const yes = ['CKA_TOKEN', 'CKA_PRIVATE', 'CKA_SENSITIVE', 'CKA_ENCRYPT', 'CKA_DECRYPT'];
  for (const label of labels)
    maker.C_GenerateKey(session, { mechanism: constants['CKM_AES_KEY_GEN'] }, [
      ...yes.map((name) => ({ type: constants[name], value: true })),
      { type: constants['CKA_EXTRACTABLE'], value: false },
      { type: constants['CKA_VALUE_LEN'], value: 32 },
      { type: constants['CKA_LABEL'], value: label },
    ]);
  maker.C_CloseSession(session);
}

/** A token in SoftHSM of a test alone, also when the store holds others. */
export class SoftHsm {
  private constructor(
    private readonly directory: string,
    readonly settings: Pkcs11Settings,
  ) {}

  /** @param labels of the keys in it; the first one wraps */
  static async make(labels: readonly [string, ...string[]]): Promise<SoftHsm> {
    const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-hsm-'));
    const token = `consent-hub-${randomBytes(4).toString('hex')}`;
    execFileSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', token, '--pin', PIN, '--so-pin', 'security-officer'],
      { stdio: 'pipe' },
    );
    const pinFile = path.join(directory, 'pin');
    await writeFile(pinFile, `${PIN}\n`);
    makeKeys(token, labels);
    return new SoftHsm(directory, { module: MODULE ?? '', token, pinFile, keyLabel: labels[0] });
  }

  /** What a hub reads. */
  get env(): NodeJS.ProcessEnv {
    const { module, token, pinFile, keyLabel } = this.settings;
    return {
      VAULT_KEK_PKCS11_MODULE: module,
      VAULT_KEK_PKCS11_TOKEN_LABEL: token,
      VAULT_KEK_PKCS11_PIN_FILE: pinFile,
      VAULT_KEK_PKCS11_KEY_LABEL: keyLabel,
    };
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
