import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ConsentState } from './domain/consent-state.js';
import type { Actor, EventData, StateReason } from './domain/transition.js';

/** One line of a consent's timeline. Number, moment and hash are the database's; no row is ever changed. */
@Entity({ schema: 'hub', name: 'consent_event' })
export class ConsentEventEntity {
  @PrimaryColumn('uuid', { name: 'consent_id' })
  consentId: string;

  @PrimaryColumn('integer')
  seq: number;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  type: string;

  @Column('text', { name: 'from_state', nullable: true })
  fromState: ConsentState | null;

  @Column('text', { name: 'to_state', nullable: true })
  toState: ConsentState | null;

  @Column('text', { nullable: true })
  reason: StateReason | null;

  @Column('text')
  actor: Actor;

  @Column('jsonb')
  data: EventData;

  @Column('bytea', { name: 'previous_hash', nullable: true })
  previousHash: Buffer | null;

  @Column('bytea')
  hash: Buffer;
}
