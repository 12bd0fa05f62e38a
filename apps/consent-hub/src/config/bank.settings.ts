import type { BankSettings as BrandConnection } from '@consent-hub/bank-client';
import { Secret } from '@consent-hub/psd2-protocol';
import { IsNotEmpty, IsUrl } from 'class-validator';
import { SecretVariable, WholeNumber } from './validators.js';

const REQUIRED = { message: '$property must be set' };
const faultOfSecret = (text: unknown) => (typeof text === 'string' ? undefined : 'must be set');

/** How one brand of the bank is reached. The variables carry a prefix: `BANK_<BRAND>_`. */
export class BrandSettings {
  @IsUrl(
    {
      protocols: ['https'],
      require_protocol: true,
      require_tld: false,
      disallow_auth: true,
      allow_query_components: false,
      allow_fragments: false,
    },
    { message: '$property must be set to an https URL without user, query and fragment' },
  )
  API_URL: string;

  @IsNotEmpty(REQUIRED)
  CLIENT_ID: string;

  @SecretVariable(faultOfSecret)
  CLIENT_SECRET: Secret;

  @IsNotEmpty(REQUIRED)
  TLS_CERT_FILE: string;

  @IsNotEmpty(REQUIRED)
  TLS_KEY_FILE: string;

  @IsNotEmpty(REQUIRED)
  TLS_CA_FILE: string;

  get connection(): BrandConnection {
    return {
      apiUrl: this.API_URL.replace(/\/+$/, ''),
      clientId: this.CLIENT_ID,
      clientSecret: this.CLIENT_SECRET,
      tls: { certFile: this.TLS_CERT_FILE, keyFile: this.TLS_KEY_FILE, caFile: this.TLS_CA_FILE },
    };
  }
}

/** How long the hub waits for the bank. */
export class BankSettings {
  @WholeNumber(50, 120_000)
  BANK_TIMEOUT_MS: number = 15_000;

  /** Long, since giving up early does not undo what the bank did. */
  @WholeNumber(50, 600_000)
  BANK_TOKEN_TIMEOUT_MS: number = 120_000;
}
