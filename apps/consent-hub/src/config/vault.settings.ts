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

/** The variable belongs to one provider, and must be set where that is chosen. */
const NeededBy = (name: KeyEncryptionName): PropertyDecorator =>
  ValidateBy({
    name: 'neededBy',
    validator: {
      validate: (value, given) => value !== undefined || (given?.object as VaultSettings).VAULT_KEK !== name,
      defaultMessage: () => `$property must be set with VAULT_KEK=${name}`,
    },
  });

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

  /** `id:base64key`, several of them with commas or line by line, the current one first. */
  @SecretVariable(faultOfKeys)
  HUB_VAULT_KEYS?: Secret;

  @NeededBy('vault-transit')
  @ServiceUrl()
  VAULT_KEK_TRANSIT_URL?: string;

  @NeededBy('vault-transit')
  VAULT_KEK_TRANSIT_KEY?: string;

  @NeededBy('vault-transit')
  VAULT_KEK_TRANSIT_TOKEN_FILE?: string;

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
    try {
      return this.keyEncryption(ring);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      throw new EnvironmentError([`VAULT_KEK=${this.VAULT_KEK} is not usable: ${reason}`]);
    }
  }

  /** Variables of the chosen provider are set: that was validated. */
  private keyEncryption(ring: KeyRing): KeyEncryption {
    switch (this.VAULT_KEK) {
      case 'local':
        return new LocalKeyEncryption(ring);
      case 'vault-transit':
        return new VaultTransitKeyEncryption({
          url: (this.VAULT_KEK_TRANSIT_URL ?? '').replace(/\/+$/, ''),
          key: this.VAULT_KEK_TRANSIT_KEY ?? '',
          tokenFile: this.VAULT_KEK_TRANSIT_TOKEN_FILE ?? '',
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
}
