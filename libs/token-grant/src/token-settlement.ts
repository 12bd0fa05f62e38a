import { Injectable } from '@nestjs/common';
import type { BankError, GrantedTokens } from '@consent-hub/bank-client';
import { ConsentRepository, TokenSetEntity, type Actor, type EventData } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import type { SpooledRequest } from './answer-spool.js';
import { GrantSealer } from './grant-sealer.js';
import { TokenJournal, type Settlement } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { verdictOf } from './verdict.js';

const ACTOR: Actor = 'hub:token-grant';

/** A successor that meets another live consent of the same person runs into this index; on the next try it takes over. */
const ONE_LIVE = 'consent_one_live';
const TRIES_TO_TAKE_OVER = 5;

/** Writes what became of a call: pair, state, timeline and journal in one transaction, or nothing of it. */
@Injectable()
export class TokenSettlement {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly journal: TokenJournal,
    private readonly sealer: GrantSealer,
  ) {}

  /**
   * Stores a granted pair as the successor of the one that was spent. Decided by the generation alone, never by the
   * lease: a late answer is as good as a quick one, as long as it is the only one.
   */
  async commit(request: SpooledRequest, tokens: GrantedTokens, facts: EventData = {}): Promise<void> {
    const sealed = this.sealer.seal(request, tokens);
    const to = request.grantType === 'authorization_code' ? 'active' : 'refreshed';
    const move = {
      to,
      data: { tokens: sealed },
      actor: ACTOR,
      facts: { request_id: request.requestId, ...facts },
    } as const;
    await this.retryTakeOver(async (tx) => {
      const stored = await this.consents.move(tx, request.consentId, move);
      if (stored && tokens.iban !== undefined && tokens.logicalId !== undefined) {
        const account = { iban: tokens.iban, logicalId: tokens.logicalId };
        await this.consents.replaceAccounts(tx, request.consentId, [account]);
      }
      await this.journal.settleGranted(tx, request, stored ? 'committed' : 'overtaken');
    });
  }

  /** Keeps an answer that granted something nobody can read yet. */
  async keep(request: TokenRequestEntity, body: Secret, error: BankError): Promise<void> {
    const sealed = this.sealer.sealAnswer(request, body);
    await this.dataSource.transaction(async (tx) => {
      await this.journal.keepAnswer(tx, request.id, sealed, settlementOf(error));
      await this.consents.record(tx, request.consentId, 'grant_unreadable', ACTOR, factsOf(request, error));
    });
  }

  /** Writes what a failed call means. A refusal ends the consent only while the pair it refused is still the current one. */
  async fail(request: TokenRequestEntity, error: BankError): Promise<void> {
    if (error.code === 'unreadable_answer') throw new Error('an unreadable answer is kept, not failed');
    const verdict = verdictOf(error.code, request.grantType, request.probeOf !== null);
    const facts = factsOf(request, error);
    await this.dataSource.transaction(async (tx) => {
      switch (verdict.kind) {
        case 'not_sent':
          return this.journal.settle(tx, request.id, 'not_sent', settlementOf(error));
        case 'in_doubt': {
          const answered = error.context.httpStatus !== undefined;
          if (await this.journal.doubt(tx, request.id, answered, settlementOf(error))) {
            await this.consents.record(tx, request.consentId, 'grant_in_doubt', ACTOR, facts);
          }
          return;
        }
        case 'refused':
          await this.consents.record(tx, request.consentId, 'grant_refused', ACTOR, facts);
          return this.journal.settle(tx, request.id, 'refused', settlementOf(error));
        case 'ended': {
          const { to, reason } = verdict;
          if (await this.spentIsCurrent(tx, request)) {
            const actor = reason === 'withdrawn_at_bank' ? 'psu' : ACTOR;
            await this.consents.move(tx, request.consentId, { to, data: { reason }, actor, facts });
          }
          return this.journal.settle(tx, request.id, 'refused', settlementOf(error));
        }
      }
    });
  }

  /** Closes a request that could not even be prepared. */
  async abandon(request: TokenRequestEntity, outcome: string): Promise<void> {
    await this.journal.settle(this.dataSource.manager, request.id, 'not_sent', { outcome });
  }

  /** Under the consent's row lock, which `move` takes as well: nobody stores a pair in between. */
  private async spentIsCurrent(tx: EntityManager, request: TokenRequestEntity): Promise<boolean> {
    await tx.query(`SELECT 1 FROM hub.consent WHERE id = $1 FOR UPDATE`, [request.consentId]);
    const tokenSet = await tx.findOne(TokenSetEntity, {
      select: { consentId: true, generation: true },
      where: { consentId: request.consentId },
    });
    return (tokenSet?.generation ?? 0) === request.expectedGeneration;
  }

  private async retryTakeOver(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.dataSource.transaction(work);
        return;
      } catch (error) {
        if (tries === TRIES_TO_TAKE_OVER || !violates(error, ONE_LIVE)) throw error;
      }
    }
  }
}

const violates = (error: unknown, constraint: string): boolean =>
  error instanceof QueryFailedError &&
  (error.driverError as Error & { constraint?: string }).constraint === constraint;

const settlementOf = ({ code, context }: BankError): Settlement => ({
  outcome: code,
  httpStatus: context.httpStatus ?? null,
  bankError: context.error ?? null,
  bankErrorCode: context.errorCode ?? null,
});

const factsOf = (request: TokenRequestEntity, { code, context }: BankError): EventData => ({
  request_id: request.requestId,
  grant_type: request.grantType,
  outcome: code,
  ...(context.httpStatus !== undefined && { http_status: context.httpStatus }),
  ...(context.error !== undefined && { bank_error: context.error }),
  ...(context.errorCode !== undefined && { bank_error_code: context.errorCode }),
});
