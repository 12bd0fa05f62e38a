/**
 * What is used of the package `pkcs11js`. Written down here, since this compiles also where the package could not be compiled.
 */
export interface Pkcs11Api {
  readonly PKCS11: new () => Pkcs11Module;
  readonly CKF_SERIAL_SESSION: number;
  readonly CKU_USER: number;
  readonly CKA_CLASS: number;
  readonly CKA_LABEL: number;
  readonly CKO_SECRET_KEY: number;
  readonly CKM_AES_GCM: number;
  readonly CK_PARAMS_AES_GCM: number;
  readonly CKR_USER_ALREADY_LOGGED_IN: number;
}

/** Handles are buffers. A call that fails throws an error with the `code` of PKCS#11, a number. */
export interface Pkcs11Module {
  load(file: string): void;
  C_Initialize(): void;
  C_GetSlotList(tokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { readonly label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_CloseSession(session: Buffer): void;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_FindObjectsInit(
    session: Buffer,
    template: readonly { readonly type: number; readonly value: number | string }[],
  ): void;
  C_FindObjects(session: Buffer, most: number): Buffer[];
  C_FindObjectsFinal(session: Buffer): void;
  C_EncryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void;
  C_Encrypt(session: Buffer, input: Buffer, output: Buffer): Buffer;
  C_DecryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void;
  C_Decrypt(session: Buffer, input: Buffer, output: Buffer): Buffer;
}

export interface Mechanism {
  readonly mechanism: number;
  readonly parameter: {
    readonly type: number;
    readonly iv: Buffer;
    readonly ivBits: number;
    readonly tagBits: number;
  };
}
