import type { Brand } from '@consent-hub/psd2-protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one token pair of a consent, sealed. The values are gone once the pair is destroyed; the rest stays readable. */
@Entity({ schema: 'hub', name: 'token_pair' })
export class TokenPairEntity {
  @PrimaryColumn('uuid', { name: 'consent_id' })
  consentId: string;

  /** 1 for the first pair; every refresh adds one. */
  @Column('integer')
  generation: number;

  @Column('bytea', { name: 'access_token', nullable: true })
  accessToken: Buffer | null;

  @Column('bytea', { name: 'refresh_token', nullable: true })
  refreshToken: Buffer | null;

  @Column('text', { name: 'key_id' })
  keyId: string;

  @Column('timestamptz', { name: 'issued_at' })
  issuedAt: Date;

  /** When this pair took the place of the one before; null for the first. */
  @Column('timestamptz', { name: 'refreshed_at', nullable: true })
  refreshedAt: Date | null;

  @Column('timestamptz', { name: 'access_expires_at' })
  accessExpiresAt: Date;

  @Column('text', { name: 'logical_id', nullable: true })
  logicalId: string | null;

  @Column('bytea', { name: 'sca_token', nullable: true })
  scaToken: Buffer | null;

  @Column('timestamptz', { name: 'sca_token_expires_at', nullable: true })
  scaTokenExpiresAt: Date | null;

  /** The consent's own, repeated for the index of due refreshes. */
  @Column('text')
  brand: Brand;

  /** When to refresh, or to check again; null once the consent has ended. */
  @Column('timestamptz', { name: 'refresh_due_at', nullable: true })
  refreshDueAt: Date | null;

  /** When an access token was last handed out; the first pair counts as asked for. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  /** Refreshes of this pair that have failed, one after the other. */
  @Column('integer', { name: 'refresh_failures' })
  refreshFailures: number;
}
