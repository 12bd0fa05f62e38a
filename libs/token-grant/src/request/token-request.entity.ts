import type { OPEN_STATUSES } from '@consent-hub/consent';
import type { Brand, GrantType } from '@consent-hub/psd2-protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * - `sent`: reserved; the call is under way, or its process was killed
 * - `received`: the bank granted something that could not be read; the sealed answer is kept
 * - `in_doubt`: the answer was lost; the bank may have acted
 * - `committed`: the pair is stored
 * - `refused`: the bank refused
 * - `not_sent`: nothing happened at the bank
 * - `probed`: was in doubt; a later request asked again in its place, or its consent ended before that
 * - `overtaken`: granted, but the consent had ended or been renewed in the meantime
 */
export type TokenRequestStatus =
  (typeof OPEN_STATUSES)[number] | 'committed' | 'refused' | 'not_sent' | 'probed' | 'overtaken';

/** One call of POST /token: written before it is made, settled after. */
@Entity({ schema: 'hub', name: 'token_request' })
export class TokenRequestEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'consent_id' })
  consentId: string;

  @Column('text')
  brand: Brand;

  @Column('text', { name: 'grant_type' })
  grantType: GrantType;

  @Column('text')
  status: TokenRequestStatus;

  /** Generation of the pair that this request spends; 0 for a code. */
  @Column('integer', { name: 'expected_generation' })
  expectedGeneration: number;

  /** The Request-ID at the bank. */
  @Column('uuid', { name: 'request_id' })
  requestId: string;

  /** The X-Request-Id of the request to the hub that it was made for; null: it was scheduled, or taken up by a job. */
  @Column('text', { name: 'caller_request_id', nullable: true })
  callerRequestId: string | null;

  /** A caller asked for a new pair whether or not the old one had expired. */
  @Column('boolean', { name: 'is_forced' })
  isForced: boolean;

  /** The doubtful request in whose place this one asked again. */
  @Column('uuid', { name: 'probe_of', nullable: true })
  probeOf: string | null;

  /** Process of the hub that made the call: its instance, and a part that distinguishes this run of it from others. */
  @Column('text')
  owner: string;

  @Column('timestamptz', { name: 'sent_at' })
  sentAt: Date;

  /** Until then the call may still be under way. */
  @Column('timestamptz', { name: 'lease_ends_at' })
  leaseEndsAt: Date;

  @Column('timestamptz', { name: 'settled_at', nullable: true })
  settledAt: Date | null;

  /** Code word of what happened, for admins. */
  @Column('text', { nullable: true })
  outcome: string | null;

  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus: number | null;

  @Column('text', { name: 'bank_error', nullable: true })
  bankError: string | null;

  @Column('text', { name: 'bank_error_code', nullable: true })
  bankErrorCode: string | null;

  /** Sealed body of a 2xx that could not be read. */
  @Column('bytea', { name: 'raw_answer', nullable: true })
  rawAnswer: Buffer | null;
}
