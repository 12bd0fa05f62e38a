import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pkcs11Api } from './pkcs11-api.js';
import { Pkcs11KeyEncryption, type Pkcs11Settings } from './pkcs11.js';

const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(
  existsSync,
);
/** A token of this run alone, whatever the store of SoftHSM holds. */
const TOKEN = `consent-hub-${randomBytes(4).toString('hex')}`;
const PIN = '1234-of-the-hub';
const PLAIN = Buffer.from('a data key of thirty-two bytes!!');

const api = (() => {
  try {
    return createRequire(import.meta.filename)('pkcs11js') as Pkcs11Api;
  } catch {
    return null;
  }
})();
const missing =
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

function makeKeys(labels: readonly string[]): void {
  const constants = api as unknown as Record<string, number>;
  const maker = new (api as Pkcs11Api).PKCS11() as unknown as Maker;
  maker.load(MODULE ?? '');
  maker.C_Initialize();
  const slot = maker.C_GetSlotList(true).find((one) => maker.C_GetTokenInfo(one).label.trimEnd() === TOKEN);
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

(missing === null ? describe : describe.skip)('a key in an HSM', () => {
  let directory: string;
  let settings: Pkcs11Settings;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-hsm-'));
    execFileSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', TOKEN, '--pin', PIN, '--so-pin', 'security-officer'],
      { stdio: 'pipe' },
    );
    const pinFile = path.join(directory, 'pin');
    await writeFile(pinFile, `${PIN}\n`);
    settings = { module: MODULE ?? '', token: TOKEN, pinFile, keyLabel: 'consent-hub' };
    makeKeys(['consent-hub', 'other', 'twice', 'twice']);
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('wraps, and unwraps what it has wrapped', async () => {
    const kek = new Pkcs11KeyEncryption(settings);
    const [one, two] = [await kek.wrap(PLAIN), await kek.wrap(PLAIN)];

    expect(one).not.toEqual(two);
    expect(await kek.unwrap(one, 'consent-hub')).toEqual(PLAIN);
    expect(await new Pkcs11KeyEncryption(settings).unwrap(two, 'consent-hub')).toEqual(PLAIN);
  });

  it('does not unwrap what was changed, or what another key has wrapped', async () => {
    const kek = new Pkcs11KeyEncryption(settings);
    const wrapped = await kek.wrap(PLAIN);
    const changed = Buffer.from(wrapped);
    changed[20] = (wrapped[20] ?? 0) ^ 1;

    await expect(kek.unwrap(changed, 'consent-hub')).rejects.toMatchObject({ code: 'not_unwrapped' });
    await expect(kek.unwrap(wrapped, 'other')).rejects.toMatchObject({ code: 'not_unwrapped' });
  });

  it.each<[string, Partial<Pkcs11Settings>, RegExp]>([
    ['has no such key', { keyLabel: 'none' }, /has no key none/],
    ['has two keys of the label', { keyLabel: 'twice' }, /several keys twice/],
    ['has no such token', { token: 'none' }, /has no token none/],
    ['has no such module', { module: '/nowhere.so' }, /did not do it/],
    ['is asked without a PIN', { pinFile: '/nowhere' }, /cannot be read/],
  ])('says that it cannot be used when it %s', async (_what, wrong, message) => {
    const error: unknown = await new Pkcs11KeyEncryption({ ...settings, ...wrong })
      .wrap(PLAIN)
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'VaultError', code: 'kek_unavailable' });
    expect((error as Error).message).toMatch(message);
    expect(String((error as Error).stack)).not.toContain(PIN);
  });
});
