import type { Brand, Language, Scope } from '@consent-hub/psd2-protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ConsentState } from './domain/consent-state.js';
import type { StateReason } from './domain/transition.js';
import type { TokenPairEntity } from './token-pair.entity.js';

/** One consent of one person at one brand for one scope. Only `ConsentRepository` writes it. */
@Entity({ schema: 'hub', name: 'consent' })
export class ConsentEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  brand: Brand;

  @Column('text')
  scope: Scope;

  /** The TPP's own name of the person; opaque to the hub. */
  @Column('text', { name: 'psu_ref' })
  psuRef: string;

  /** CAF only: the account whose funds are asked for. */
  @Column('text', { nullable: true })
  iban: string | null;

  @Column('text', { nullable: true })
  language: Language | null;

  /** What the TPP uses the access for, in its own words for the person. */
  @Column('text', { nullable: true })
  purpose: string | null;

  @Column('text')
  state: ConsentState;

  @Column('text', { name: 'state_reason', nullable: true })
  stateReason: StateReason | null;

  /** The API client that opened it. */
  @Column('uuid', { name: 'opened_by' })
  openedBy: string;

  @Column('text', { name: 'return_url', nullable: true })
  returnUrl: string | null;

  /** Where the bank sends the PSU back: said when the consent is opened, repeated when the code is exchanged. */
  @Column('text', { name: 'redirect_uri' })
  redirectUri: string;

  /** SHA-256 of the `state` that travels with the PSU. */
  @Column('bytea', { name: 'callback_state_hash', nullable: true })
  callbackStateHash: Buffer | null;

  /** Sealed; gone once the code is exchanged. */
  @Column('bytea', { name: 'code_verifier', nullable: true })
  codeVerifier: Buffer | null;

  /** Sealed; kept from the PSU's return until the code is exchanged. */
  @Column('bytea', { name: 'authorization_code', nullable: true })
  authorizationCode: Buffer | null;

  /** Sealed: what the start page needs (`LinkStart`); null where the bank's links were given out, and once the link has ended. */
  @Column('bytea', { name: 'link_start', nullable: true })
  linkStart: Buffer | null;

  /** SHA-256 of the key that the start page leaves in the browser; null: any browser may finish. */
  @Column('bytea', { name: 'browser_key_hash', nullable: true })
  browserKeyHash: Buffer | null;

  @Column('timestamptz', { name: 'link_expires_at', nullable: true })
  linkExpiresAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'authorized_at', nullable: true })
  authorizedAt: Date | null;

  @Column('timestamptz', { name: 'activated_at', nullable: true })
  activatedAt: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** Fixed when the PSU authenticates; no refresh moves it. */
  @Column('timestamptz', { name: 'consent_expires_at', nullable: true })
  consentExpiresAt: Date | null;

  @Column('uuid', { name: 'superseded_by', nullable: true })
  supersededBy: string | null;

  /** AIS: when the bank is asked for the accounts that the PSU chose; null once it has returned them. */
  @Column('timestamptz', { name: 'accounts_due_at', nullable: true })
  accountsDueAt: Date | null;

  /** Its person was erased: `psuRef` is a placeholder, and everything else that named a person is gone. */
  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt: Date | null;

  /** Its tokens, where the query asked for them; null before the first pair. No relation: the aggregate is read as needed. */
  tokenPair?: TokenPairEntity | null;
}
