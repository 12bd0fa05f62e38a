import { EnvironmentError } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import {
  AwsKmsKeyEncryption,
  KEY_ENCRYPTIONS,
  KeyRing,
  LocalKeyEncryption,
  Pkcs11KeyEncryption,
  VaultError,
  VaultTransitKeyEncryption,
  type KeyEncryption,
  type KeyEncryptionName,
  type VaultTransitSettings,
} from '@consent-hub/token-vault';
import { IsIn, IsOptional, isURL, ValidateBy } from 'class-validator';
import { SecretVariable, WholeNumber } from './validators.js';

const KEYS_FORM = 'id:base64key,...';

function faultOfKeys(keys: unknown, settings: object | undefined): string | undefined {
  if (keys === undefined && (settings as VaultSettings).VAULT_KEK !== 'local') return undefined;
  if (typeof keys !== 'string') return `must be ${KEYS_FORM}: it is not set`;
  const fault = faultIn(keys);
  return fault && `must be ${KEYS_FORM}: ${fault}`;
}

/** In a file they may also stand line by line. */
const parseKeys = (keys: string): KeyRing =>
  KeyRing.parse(keys.replaceAll(/[\r\n]+/g, ',').replaceAll(/,+/g, ','));

function faultIn(keys: string): string | undefined {
  try {
    parseKeys(keys);
    return undefined;
  } catch (error) {
    if (error instanceof VaultError) return error.message;
    throw error;
  }
}

/**
 * The variable belongs to one provider, and must be set where that is chosen.
 *
 * @param unless where this is set, it must not be
 */
const NeededBy = (name: KeyEncryptionName, unless?: keyof VaultSettings): PropertyDecorator =>
  ValidateBy({
    name: 'neededBy',
    validator: {
      validate: (value, given) => {
        const settings = given?.object as VaultSettings;
        const isReplaced = unless !== undefined && settings[unless] !== undefined;
        if (value !== undefined) return !isReplaced;
        return isReplaced || (settings.VAULT_KEK !== name && settings.VAULT_KEK_FORMER !== name);
      },
      defaultMessage: (given) => {
        const variable =
          (given?.object as VaultSettings).VAULT_KEK === name ? 'VAULT_KEK' : 'VAULT_KEK_FORMER';
        return given?.value === undefined
          ? `$property must be set with ${variable}=${name}`
          : `$property must not be set together with ${unless}`;
      },
    },
  });

/** Role id and secret id go together. */
const SetWith = (other: keyof VaultSettings): PropertyDecorator =>
  ValidateBy({
    name: 'setWith',
    validator: {
      validate: (value, given) =>
        (value === undefined) === ((given?.object as VaultSettings)[other] === undefined),
      defaultMessage: () => `$property must be set where ${other} is, and only there`,
    },
  });

/** The provider that wrapped data keys before. `local` needs no mention: its keys are in HUB_VAULT_KEYS. */
const FORMER = KEY_ENCRYPTIONS.filter((name) => name !== 'local');

const SERVICE_URL = {
  protocols: ['https'],
  require_protocol: true,
  require_tld: false,
  disallow_auth: true,
  allow_query_components: false,
  allow_fragments: false,
};

/** Nothing, or where a provider is. */
const ServiceUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'serviceUrl',
    validator: {
      validate: (value: unknown) =>
        value === undefined || (typeof value === 'string' && isURL(value, SERVICE_URL)),
      defaultMessage: () => '$property must be an https URL without user, query and fragment',
    },
  });

/** Where the key-encryption key is, and the keys that seal values themselves. */
export class VaultSettings {
  @IsIn(KEY_ENCRYPTIONS, { message: `$property must be one of ${KEY_ENCRYPTIONS.join(', ')}` })
  VAULT_KEK: KeyEncryptionName = 'local';

  /** Unwraps what it has wrapped, and wraps nothing: while data keys go from one provider to another. */
  @ValidateBy({
    name: 'formerKek',
    validator: {
      validate: (value: unknown, given) =>
        value === undefined ||
        (FORMER.some((name) => name === value) && value !== (given?.object as VaultSettings).VAULT_KEK),
      defaultMessage: () => `$property must be one of ${FORMER.join(', ')}, and another one than VAULT_KEK`,
    },
  })
  VAULT_KEK_FORMER?: KeyEncryptionName;

  /** `id:base64key`, several of them with commas or line by line, the current one first. */
  @SecretVariable(faultOfKeys)
  HUB_VAULT_KEYS?: Secret;

  @NeededBy('vault-transit')
  @ServiceUrl()
  VAULT_KEK_TRANSIT_URL?: string;

  @NeededBy('vault-transit')
  VAULT_KEK_TRANSIT_KEY?: string;

  @NeededBy('vault-transit', 'VAULT_KEK_TRANSIT_ROLE_ID_FILE')
  VAULT_KEK_TRANSIT_TOKEN_FILE?: string;

  @SetWith('VAULT_KEK_TRANSIT_SECRET_ID_FILE')
  VAULT_KEK_TRANSIT_ROLE_ID_FILE?: string;

  @IsOptional()
  VAULT_KEK_TRANSIT_SECRET_ID_FILE?: string;

  /** URL of the mount of AppRole. Default: `/v1/auth/approle` of the server of VAULT_KEK_TRANSIT_URL. */
  @ServiceUrl()
  VAULT_KEK_TRANSIT_APPROLE_URL?: string;

  @IsOptional()
  VAULT_KEK_TRANSIT_CA_FILE?: string;

  @NeededBy('pkcs11')
  VAULT_KEK_PKCS11_MODULE?: string;

  @NeededBy('pkcs11')
  VAULT_KEK_PKCS11_TOKEN_LABEL?: string;

  @NeededBy('pkcs11')
  VAULT_KEK_PKCS11_PIN_FILE?: string;

  @NeededBy('pkcs11')
  VAULT_KEK_PKCS11_KEY_LABEL?: string;

  @NeededBy('aws-kms')
  VAULT_KEK_AWS_KEY_ID?: string;

  @NeededBy('aws-kms')
  VAULT_KEK_AWS_REGION?: string;

  /** Default: the one of the region. */
  @ServiceUrl()
  VAULT_KEK_AWS_ENDPOINT?: string;

  @IsOptional()
  VAULT_KEK_AWS_CA_FILE?: string;

  /** Half of what NIST SP 800-38D allows a key with random nonces, so that counts which a killed process has not written do not matter. */
  @WholeNumber(1, 2 ** 31)
  VAULT_KEY_MOST_SEALS: number = 2 ** 31;

  @WholeNumber(1, 100_000)
  VAULT_RESEAL_PER_SECOND: number = 2_000;

  /** The keys of HUB_VAULT_KEYS; empty where it is not set. */
  readRing(): KeyRing {
    return this.HUB_VAULT_KEYS ? parseKeys(this.HUB_VAULT_KEYS.reveal()) : KeyRing.empty();
  }

  /**
   * What wraps new data keys.
   *
   * @throws EnvironmentError when a file that it needs cannot be read
   */
  openKeyEncryption(ring: KeyRing): KeyEncryption {
    return opened(`VAULT_KEK=${this.VAULT_KEK}`, () => this.keyEncryption(this.VAULT_KEK, ring));
  }

  /**
   * What wrapped data keys before.
   *
   * @throws EnvironmentError when a file that it needs cannot be read
   */
  openFormerKeyEncryptions(ring: KeyRing): KeyEncryption[] {
    const former = this.VAULT_KEK_FORMER;
    const local = this.VAULT_KEK !== 'local' && ring.listedIds.length > 0;
    return [
      ...(former === undefined
        ? []
        : [opened(`VAULT_KEK_FORMER=${former}`, () => this.keyEncryption(former, ring))]),
      ...(local ? [new LocalKeyEncryption(ring)] : []),
    ];
  }

  /** Variables of the chosen provider are set: that was validated. */
  private keyEncryption(name: KeyEncryptionName, ring: KeyRing): KeyEncryption {
    switch (name) {
      case 'local':
        return new LocalKeyEncryption(ring);
      case 'vault-transit':
        return new VaultTransitKeyEncryption({
          url: (this.VAULT_KEK_TRANSIT_URL ?? '').replace(/\/+$/, ''),
          key: this.VAULT_KEK_TRANSIT_KEY ?? '',
          auth: this.transitAuth(),
          ...(this.VAULT_KEK_TRANSIT_CA_FILE !== undefined && { caFile: this.VAULT_KEK_TRANSIT_CA_FILE }),
        });
      case 'pkcs11':
        return new Pkcs11KeyEncryption({
          module: this.VAULT_KEK_PKCS11_MODULE ?? '',
          token: this.VAULT_KEK_PKCS11_TOKEN_LABEL ?? '',
          pinFile: this.VAULT_KEK_PKCS11_PIN_FILE ?? '',
          keyLabel: this.VAULT_KEK_PKCS11_KEY_LABEL ?? '',
        });
      case 'aws-kms':
        return new AwsKmsKeyEncryption({
          keyId: this.VAULT_KEK_AWS_KEY_ID ?? '',
          region: this.VAULT_KEK_AWS_REGION ?? '',
          endpoint: this.VAULT_KEK_AWS_ENDPOINT ?? `https://kms.${this.VAULT_KEK_AWS_REGION}.amazonaws.com`,
          ...(this.VAULT_KEK_AWS_CA_FILE !== undefined && { caFile: this.VAULT_KEK_AWS_CA_FILE }),
          env: process.env,
        });
    }
  }

  private transitAuth(): VaultTransitSettings['auth'] {
    const { VAULT_KEK_TRANSIT_ROLE_ID_FILE: roleIdFile, VAULT_KEK_TRANSIT_SECRET_ID_FILE: secretIdFile } =
      this;
    if (roleIdFile === undefined || secretIdFile === undefined)
      return { tokenFile: this.VAULT_KEK_TRANSIT_TOKEN_FILE ?? '' };
    const { origin } = new URL(this.VAULT_KEK_TRANSIT_URL ?? '');
    const url = this.VAULT_KEK_TRANSIT_APPROLE_URL ?? `${origin}/v1/auth/approle`;
    return { url: url.replace(/\/+$/, ''), roleIdFile, secretIdFile };
  }
}

function opened(variable: string, open: () => KeyEncryption): KeyEncryption {
  try {
    return open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new EnvironmentError([`${variable} is not usable: ${reason}`]);
  }
}
