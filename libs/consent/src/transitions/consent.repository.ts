import { Injectable } from '@nestjs/common';
import type { Brand, Language, Scope } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { ConsentAccountEntity } from '../consent-account.entity.js';
import { ConsentEventEntity } from '../consent-event.entity.js';
import { findLocked, withTokens } from '../consent-reads.js';
import { ConsentEntity } from '../consent.entity.js';
import { canMove, LIVE_STATES_SQL, type TargetState } from '../domain/consent-state.js';
import type { Actor, EventData, StateReason, TransitionData } from '../domain/transition.js';
import { columnsOf } from './transition-columns.js';
import {
  destroyPair,
  postponeRefresh,
  replacePair,
  retirePair,
  storePair,
  storeRefreshed,
  type FailedRefresh,
  type RefreshedPair,
} from './token-pair.statements.js';

/** A consent about to be opened: the bank has given the URIs, or is about to. */
export interface NewConsent {
  readonly id: string;
  readonly brand: Brand;
  readonly scope: Scope;
  readonly psuRef: string;
  readonly iban: string | null;
  readonly language: Language | null;
  /** For the person to read. */
  readonly purpose?: string | null;
  readonly openedBy: string;
  readonly returnUrl: string | null;
  readonly redirectUri: string;
  readonly callbackStateHash: Buffer;
  readonly codeVerifier: Buffer;
  /** Both or none: sealed, and the hash of the key in it. */
  readonly linkStart?: Buffer;
  readonly browserKeyHash?: Buffer;
  readonly linkSeconds: number;
}

/** A transition with all that its target demands. */
export interface Move<T extends TargetState> {
  readonly to: T;
  readonly data: TransitionData[T];
  readonly actor: Actor;
  /** Added to the timeline row. */
  readonly facts?: EventData;
}

/** States in which a pair must not outlive the consent. `failed` keeps it: a refusal may turn out to be the bank's error. */
const PAIR_ENDS_IN: readonly TargetState[] = ['superseded', 'revoked', 'expired'];

/**
 * The one writer of consents. State changes by compare-and-set inside the caller's transaction, with its timeline row;
 * the loser of a race gets `false` and has changed nothing.
 */
@Injectable()
export class ConsentRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, manager = this.dataSource.manager): Promise<ConsentEntity | null> {
    return withTokens(manager).where('consent.id = :id', { id }).getOne();
  }

  findByCallbackState(hash: Buffer): Promise<ConsentEntity | null> {
    return withTokens(this.dataSource.manager)
      .where('consent.callback_state_hash = :hash', { hash })
      .getOne();
  }

  /** The live consent of a person, of which there is at most one per brand and scope. */
  findLive(
    { brand, psuRef, scope }: Pick<ConsentEntity, 'brand' | 'psuRef' | 'scope'>,
    manager = this.dataSource.manager,
  ): Promise<ConsentEntity | null> {
    return withTokens(manager)
      .where({ brand, psuRef, scope })
      .andWhere(`consent.state IN (${LIVE_STATES_SQL})`)
      .getOne();
  }

  events(consentId: string): Promise<ConsentEventEntity[]> {
    return this.dataSource
      .getRepository(ConsentEventEntity)
      .find({ where: { consentId }, order: { seq: 'ASC' } });
  }

  accounts(consentId: string): Promise<ConsentAccountEntity[]> {
    return this.dataSource
      .getRepository(ConsentAccountEntity)
      .find({ where: { consentId }, order: { iban: 'ASC', logicalId: 'ASC' } });
  }

  /**
   * Writes a new consent in `initiated`. An older link of the same person, brand and scope that still waits is retired
   * (`expired`, `replaced`): only the newest link may come back.
   *
   * @param facts added to the timeline rows
   * @throws QueryFailedError on `consent_one_open_link` when two openings meet; the transaction may simply run again
   */
  async open(tx: EntityManager, consent: NewConsent, actor: Actor, facts: EventData = {}): Promise<void> {
    const waiting = await tx.find(ConsentEntity, {
      select: { id: true },
      where: { brand: consent.brand, psuRef: consent.psuRef, scope: consent.scope, state: 'initiated' },
    });
    for (const { id } of waiting)
      await this.move(tx, id, { to: 'expired', data: { reason: 'replaced' }, actor, facts });
    const { linkSeconds, ...columns } = consent;
    await tx
      .createQueryBuilder()
      .insert()
      .into(ConsentEntity)
      .values({
        ...columns,
        state: 'initiated',
        createdAt: () => 'now()',
        linkExpiresAt: () => `now() + make_interval(secs => ${Math.trunc(linkSeconds)})`,
      })
      .execute();
    await this.append(tx, consent.id, {
      type: 'opened',
      to: 'initiated',
      actor,
      data: { link_seconds: linkSeconds, ...facts },
    });
  }

  /**
   * Moves a consent to `to` if it is in a state from which that is allowed, with all that belongs to the move: dates,
   * token pair, the retirement of the consent it takes over from, timeline.
   *
   * @returns false when the consent is not there, is in another state, or its pair is not of the expected generation;
   *   nothing was changed then
   */
  async move<T extends TargetState>(tx: EntityManager, id: string, move: Move<T>): Promise<boolean> {
    const { to, data, actor, facts } = move;
    const consent = await findLocked(tx, id);
    if (!consent || consent.erasedAt || !canMove(consent.state, to, consent.stateReason)) return false;
    const isTakenBack = consent.state === 'failed';
    if (isTakenBack && to === 'refreshed' && (await this.findPredecessor(tx, consent))) return false;
    const stores = 'tokens' in data;
    if (stores) {
      const pair = { consentId: id, tokens: data.tokens };
      const isStored = to === 'active' ? storePair(tx, pair, consent.brand) : replacePair(tx, pair);
      if (!(await isStored)) return false;
    }
    if (to === 'active') await this.supersedePredecessor(tx, consent, actor);

    const reason: StateReason | null = 'reason' in data ? data.reason : null;
    const update = await tx
      .createQueryBuilder()
      .update(ConsentEntity)
      .set({ state: to, stateReason: reason, ...columnsOf(to, data) })
      .where({ id, state: consent.state })
      .execute();
    if (update.affected !== 1) throw new Error(`consent ${id} changed under its row lock`);
    if (PAIR_ENDS_IN.includes(to)) await destroyPair(tx, id);
    else if (to === 'failed') await retirePair(tx, id);
    const generation = stores ? { generation: data.tokens.generation } : {};
    const answer = isTakenBack && facts?.['from_spool'] !== true ? { late_answer: true } : {};
    await this.append(tx, id, {
      type: 'state_changed',
      from: consent.state,
      to,
      reason,
      actor,
      data: { ...generation, ...facts, ...answer },
    });
    return true;
  }

  /**
   * Stores the pairs that refreshes of live consents brought, by compare-and-set on state and generation, one pair a consent.
   *
   * @returns the consents that did not get their new pair; nothing was changed about them
   */
  refreshAll(tx: EntityManager, pairs: readonly RefreshedPair[], actor: Actor): Promise<Set<string>> {
    return storeRefreshed(tx, pairs, actor);
  }

  /** Moves the next refresh of a pair that could not be refreshed now. Call it with the consent's row locked. */
  postponeRefresh(tx: EntityManager, failed: FailedRefresh): Promise<void> {
    return postponeRefresh(tx, failed);
  }

  /** Adds a fact to the timeline that changes no state. */
  record(tx: EntityManager, id: string, type: string, actor: Actor, data: EventData = {}): Promise<void> {
    return this.append(tx, id, { type, actor, data });
  }

  /** Adds a fact that the timeline needs only once, however often it happens. */
  async recordOnce(tx: EntityManager, id: string, type: string, actor: Actor): Promise<void> {
    await this.lock(tx, id);
    if (await tx.exists(ConsentEventEntity, { where: { consentId: id, type } })) return;
    await this.append(tx, id, { type, actor, data: {} });
  }

  /** Replaces the accounts that the PSU authorised. */
  async replaceAccounts(
    tx: EntityManager,
    consentId: string,
    accounts: readonly { readonly iban: string; readonly logicalId: string }[],
  ): Promise<void> {
    await this.lock(tx, consentId);
    await tx.delete(ConsentAccountEntity, { consentId });
    await this.noteAccounts(
      tx,
      accounts.map((account) => ({ consentId, ...account })),
    );
  }

  /** Adds accounts that refreshes name again; the newer handle takes the place of those before. Call it with the consents' rows locked. */
  async noteAccounts(
    tx: EntityManager,
    accounts: readonly Pick<ConsentAccountEntity, 'consentId' | 'iban' | 'logicalId'>[],
  ): Promise<void> {
    if (accounts.length === 0) return;
    await tx.query(
      `WITH given AS (
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (consent_id, iban, logical_id)
       ), replaced AS (
         DELETE FROM hub.consent_account a USING given g
          WHERE a.consent_id = g.consent_id AND a.iban = g.iban
            AND NOT EXISTS (SELECT FROM given same
                             WHERE (same.consent_id, same.iban, same.logical_id) = (a.consent_id, a.iban, a.logical_id))
       )
       INSERT INTO hub.consent_account (consent_id, iban, logical_id) SELECT * FROM given ON CONFLICT DO NOTHING`,
      [
        accounts.map(({ consentId }) => consentId),
        accounts.map(({ iban }) => iban),
        accounts.map(({ logicalId }) => logicalId),
      ],
    );
  }

  /**
   * Locks the row of a consent to the end of the transaction. Every transaction that writes about a consent does this first, and
   * takes no stronger lock: a claim that has locked the pair reads the consent of its request, and must not wait for a
   * transaction that needs the pair.
   */
  async lock(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`SELECT 1 FROM hub.consent WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  }

  /**
   * Whether a newer consent of the same person was granted while this one's exchange was under way: its pair is the one
   * that lives at the bank.
   *
   * @param sentAt when the exchange of this consent was sent
   */
  async isOvertaken(tx: EntityManager, id: string, sentAt: Date): Promise<boolean> {
    const consent = await findLocked(tx, id);
    if (!consent || !canMove(consent.state, 'active', consent.stateReason)) return false;
    const live = await this.findPredecessor(tx, consent);
    return live !== null && live.id !== id && (live.tokenPair?.issuedAt ?? sentAt) > sentAt;
  }

  private async supersedePredecessor(
    tx: EntityManager,
    successor: ConsentEntity,
    actor: Actor,
  ): Promise<void> {
    const live = await this.findPredecessor(tx, successor);
    if (!live) return;
    const data = { reason: 'replaced', successorId: successor.id } as const;
    await this.move(tx, live.id, { to: 'superseded', data, actor });
  }

  /** One after the other: of two successors that finish together, the second finds the first. */
  private async findPredecessor(tx: EntityManager, successor: ConsentEntity): Promise<ConsentEntity | null> {
    const person = JSON.stringify([successor.brand, successor.scope, successor.psuRef]);
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [person]);
    return this.findLive(successor, tx);
  }

  private async append(
    tx: EntityManager,
    consentId: string,
    event: {
      type: string;
      from?: ConsentEntity['state'];
      to?: ConsentEntity['state'];
      reason?: StateReason | null;
      actor: Actor;
      data: EventData;
    },
  ): Promise<void> {
    const { type, from = null, to = null, reason = null, actor, data } = event;
    await tx.query(
      `INSERT INTO hub.consent_event (consent_id, type, from_state, to_state, reason, actor, data)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [consentId, type, from, to, reason, actor, JSON.stringify(data)],
    );
  }
}
