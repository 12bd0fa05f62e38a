import type { Secret } from '@consent-hub/psd2-protocol';
import { IsOptional } from 'class-validator';
import { SecretVariable, WholeNumber } from './validators.js';

/** Long enough that it cannot be guessed, and of the characters that RFC 6750, section 2.1 allows in a bearer token. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,256}=*$/;

const faultOfToken = (text: unknown): string | undefined =>
  typeof text === 'string' && TOKEN.test(text)
    ? undefined
    : 'must be 16 to 256 characters of A-Z a-z 0-9 . _ ~ + / -';

/** Where figures for Prometheus are read, and by whom. */
export class MetricsSettings {
  /** Default: the port of the API. With one of its own, the API has no /metrics. */
  @IsOptional()
  @WholeNumber(1, 65_535)
  HUB_METRICS_PORT?: number;

  /** Default: every caller that reaches the port may read. */
  @IsOptional()
  @SecretVariable(faultOfToken)
  HUB_METRICS_TOKEN?: Secret;
}
