import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one token pair of a consent, sealed. The values are gone once the pair is destroyed; the rest stays readable. */
@Entity({ schema: 'hub', name: 'token_set' })
export class TokenSetEntity {
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

  @Column('timestamptz', { name: 'access_expires_at' })
  accessExpiresAt: Date;

  @Column('text', { name: 'logical_id', nullable: true })
  logicalId: string | null;

  @Column('bytea', { name: 'sca_token', nullable: true })
  scaToken: Buffer | null;

  @Column('timestamptz', { name: 'sca_token_expires_at', nullable: true })
  scaTokenExpiresAt: Date | null;
}
