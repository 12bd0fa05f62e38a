import type { Permission } from '@consent-hub/platform';
import type { Scope } from '@consent-hub/psd2-protocol';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A program that may call the hub. It owns what it opens, whichever of its keys it calls with. */
@Entity({ schema: 'hub', name: 'api_client' })
export class ApiClientEntity {
  @PrimaryColumn('uuid')
  id: string;

  /** No other client that is not revoked has it. */
  @Column('text')
  name: string;

  @Column('text', { array: true })
  permissions: Permission[];

  /** Scopes whose tokens it may read, if it may read tokens at all. */
  @Column('text', { name: 'token_scopes', array: true })
  tokenScopes: Scope[];

  /** Where its PSUs may be sent in the end, compared exactly; null leaves it to the client. */
  @Column('text', { name: 'return_urls', array: true, nullable: true })
  returnUrls: string[] | null;

  /** Requests a second that each hub serves it; 0: any number; null: as the hub is set. */
  @Column('integer', { name: 'rate_limit', nullable: true })
  rateLimit: number | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
