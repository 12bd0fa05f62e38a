import { ApiProperty } from '@nestjs/swagger';
import { BRANDS, SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import type { ConsentEntity } from './consent.entity.js';
import { CONSENT_STATES, type ConsentState } from './domain/consent-state.js';
import { STATE_REASONS, type StateReason } from './domain/transition.js';

const REASONS = [...new Set(Object.values(STATE_REASONS).flat())];
const moment = { type: String, format: 'date-time', nullable: true } as const;

/** A consent as the API shows it: never a token. Times are ISO 8601 in UTC. */
export class ConsentView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SCOPES })
  scope: Scope;

  @ApiProperty({ enum: BRANDS })
  brand: Brand;

  @ApiProperty({ description: "The TPP's own name of the person" })
  psu_ref: string;

  @ApiProperty({ required: false, description: 'CAF only' })
  iban?: string;

  @ApiProperty({ enum: CONSENT_STATES })
  state: ConsentState;

  @ApiProperty({
    enum: REASONS,
    nullable: true,
    type: String,
    description: 'Why it ended; null while it has not',
  })
  state_reason: StateReason | null;

  @ApiProperty({ type: 'integer', description: '0 before the first pair; every refresh adds one' })
  generation: number;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ ...moment, description: 'Until when the PSU can follow the link' })
  link_expires_at: string | null;

  @ApiProperty(moment)
  authorized_at: string | null;

  @ApiProperty(moment)
  activated_at: string | null;

  @ApiProperty(moment)
  refreshed_at: string | null;

  @ApiProperty(moment)
  ended_at: string | null;

  @ApiProperty({ ...moment, description: 'Fixed when the PSU authenticates; no refresh moves it' })
  consent_expires_at: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  superseded_by: string | null;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

export const toConsentView = (consent: ConsentEntity): ConsentView => ({
  id: consent.id,
  scope: consent.scope,
  brand: consent.brand,
  psu_ref: consent.psuRef,
  ...(consent.iban !== null && { iban: consent.iban }),
  state: consent.state,
  state_reason: consent.stateReason,
  generation: consent.tokenSet?.generation ?? 0,
  created_at: consent.createdAt.toISOString(),
  link_expires_at: iso(consent.linkExpiresAt),
  authorized_at: iso(consent.authorizedAt),
  activated_at: iso(consent.activatedAt),
  refreshed_at: iso(consent.tokenSet?.refreshedAt ?? null),
  ended_at: iso(consent.endedAt),
  consent_expires_at: iso(consent.consentExpiresAt),
  superseded_by: consent.supersededBy,
});
