import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { DECISIONS, type Decision } from '../model/consents/psu-decision.service.js';

/** The decision of a PSU, played without a browser. */
export class AuthorizationDecisionRequest {
  /** The address that the TPP would give the PSU, with its `state`. */
  @Matches(/^https?:\/\/\S+$/, { message: 'must be a consent URI' })
  consent_uri: string;

  @IsIn(DECISIONS)
  decision: Decision;

  /** Absent: the first PSU with an account that may be opened. */
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'must be the id of a test customer' })
  psu?: string;

  /** Absent: every account of the PSU that may be opened. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(/^[A-Z0-9]{15,34}$/, { each: true, message: 'must be IBANs' })
  ibans?: string[];
}

const TEN_YEARS_SECONDS = 315_360_000;

export class ClockRequest {
  @Min(1)
  @Max(TEN_YEARS_SECONDS)
  @IsInt()
  advance_seconds: number;
}

export class LedgerRequest {
  /** The `state` of a consent URI whose PSU has approved. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  consent?: string;
}

/** Which consents of a PSU are withdrawn; without either, all. */
export class WithdrawalRequest {
  @IsOptional()
  @IsIn(SCOPES)
  scope?: Scope;

  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,255}$/, { message: 'must be a client id' })
  client_id?: string;
}
