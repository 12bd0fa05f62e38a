import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One of the keys of an API client, known to its owner only. */
@Entity({ schema: 'hub', name: 'api_client_key' })
export class ApiClientKeyEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'api_client_id' })
  apiClientId: string;

  /** SHA-256 of the key. */
  @Column('bytea', { name: 'key_hash', select: false })
  keyHash: Buffer;

  /** How it begins; null: it was made before that was noted. */
  @Column('text', { name: 'key_prefix', nullable: true })
  keyPrefix: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** From then on it is refused; null: never. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /** To the minute, and some seconds late; null: never. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
