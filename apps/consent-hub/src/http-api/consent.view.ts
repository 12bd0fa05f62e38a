import { ApiProperty } from '@nestjs/swagger';
import {
  ALL_STATE_REASONS,
  CONSENT_STATES,
  type ConsentEntity,
  type ConsentState,
  type StateReason,
} from '@consent-hub/consent';
import { BRANDS, SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';

const moment = { type: String, format: 'date-time', nullable: true } as const;

/** A consent as the API shows it: never a token. Times are ISO 8601 in UTC. */
export class ConsentView {
  @ApiProperty({ format: 'uuid', description: 'The consent’s own name, for all calls about it' })
  id: string;

  @ApiProperty({ enum: SCOPES })
  scope: Scope;

  @ApiProperty({ enum: BRANDS })
  brand: Brand;

  @ApiProperty({ description: "The TPP's own name of the person", example: 'customer-4711' })
  psu_ref: string;

  @ApiProperty({ required: false, description: 'CAF only', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$' })
  iban?: string;

  @ApiProperty({
    required: false,
    description: 'What the access is used for, where the opening said so',
    minLength: 1,
    maxLength: 140,
  })
  purpose?: string;

  @ApiProperty({ enum: CONSENT_STATES, description: 'The present state', example: 'refreshed' })
  state: ConsentState;

  @ApiProperty({
    enum: ALL_STATE_REASONS,
    nullable: true,
    type: String,
    description: 'Why it ended; null while it has not',
    example: null,
  })
  state_reason: StateReason | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: '0 before the first pair; every refresh adds one',
    example: 2,
  })
  generation: number;

  @ApiProperty({ format: 'date-time', description: 'When it was opened' })
  created_at: string;

  @ApiProperty({ ...moment, description: 'Until when the PSU can follow the link' })
  link_expires_at: string | null;

  @ApiProperty({ ...moment, description: 'When the PSU came back with a code' })
  authorized_at: string | null;

  @ApiProperty({ ...moment, description: 'When its first pair was stored' })
  activated_at: string | null;

  @ApiProperty({ ...moment, description: 'When the present pair was stored, if it is not the first' })
  refreshed_at: string | null;

  @ApiProperty({ ...moment, description: 'When it ended', example: null })
  ended_at: string | null;

  @ApiProperty({ ...moment, description: 'Fixed when the PSU authenticates; no refresh moves it' })
  consent_expires_at: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The consent that took over',
    example: null,
  })
  superseded_by: string | null;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** For the description of the API: the headers of an answer by which a consent came to be. */
export const CONSENT_LOCATION = {
  Location: {
    description: 'Path of the consent',
    required: true,
    schema: {
      type: 'string',
      format: 'uri-reference',
      example: '/v1/consents/0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
    },
  },
} as const;

export const toConsentView = (consent: ConsentEntity): ConsentView => ({
  id: consent.id,
  scope: consent.scope,
  brand: consent.brand,
  psu_ref: consent.psuRef,
  ...(consent.iban !== null && { iban: consent.iban }),
  ...(consent.purpose !== null && { purpose: consent.purpose }),
  state: consent.state,
  state_reason: consent.stateReason,
  generation: consent.tokenPair?.generation ?? 0,
  created_at: consent.createdAt.toISOString(),
  link_expires_at: iso(consent.linkExpiresAt),
  authorized_at: iso(consent.authorizedAt),
  activated_at: iso(consent.activatedAt),
  refreshed_at: iso(consent.tokenPair?.refreshedAt ?? null),
  ended_at: iso(consent.endedAt),
  consent_expires_at: iso(consent.consentExpiresAt),
  superseded_by: consent.supersededBy,
});
