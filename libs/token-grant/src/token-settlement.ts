import { Injectable } from '@nestjs/common';
import type { BankError, GrantedTokens } from '@consent-hub/bank-client';
import { ConsentRepository, TokenSetEntity, type Actor, type EventData } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import type { SpooledRequest } from './answer-spool.js';
import { GrantSealer } from './grant-sealer.js';
import { TokenJournal, type Settlement } from './token-journal.js';
import type { TokenRequestEntity } from './token-request.entity.js';
import { verdictOf } from './verdict.js';

const ACTOR: Actor = 'hub:token-grant';

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
    const told = { actor: ACTOR, facts: { request_id: request.requestId, ...facts } };
    const to = request.grantType === 'authorization_code' ? 'active' : 'refreshed';
    await this.dataSource.transaction(async (tx) => {
      if (to === 'active' && (await this.consents.isOvertaken(tx, request.consentId, request.sentAt))) {
        // The bank replaced this pair when it granted the newer consent's.
        await this.consents.move(tx, request.consentId, {
          to: 'failed',
          data: { reason: 'replaced' },
          ...told,
        });
        return this.journal.settleGranted(tx, request, 'overtaken');
      }
      const stored = await this.consents.move(tx, request.consentId, {
        to,
        data: { tokens: sealed },
        ...told,
      });
      if (stored && tokens.iban !== undefined && tokens.logicalId !== undefined) {
        const account = { iban: tokens.iban, logicalId: tokens.logicalId };
        await this.consents.replaceAccounts(tx, request.consentId, [account]);
      }
      return this.journal.settleGranted(tx, request, stored ? 'committed' : 'overtaken');
    });
  }

  /** Keeps an answer that granted something nobody can read yet. */
  async keep(request: TokenRequestEntity, body: Secret, error: BankError): Promise<void> {
    const sealed = this.sealer.sealAnswer(request, body);
    await this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, request.consentId);
      await this.journal.keepAnswer(tx, request.id, sealed, settlementOf(error));
      await this.consents.record(tx, request.consentId, 'grant_unreadable', ACTOR, factsOf(request, error));
    });
  }

  /** Writes what a failed call means. A refusal ends the consent only while the pair it refused is still the current one. */
  async fail(request: TokenRequestEntity, error: BankError): Promise<void> {
    const verdict = verdictOf(error.code, request.grantType, request.probeOf !== null);
    const facts = factsOf(request, error);
    await this.dataSource.transaction(async (tx) => {
      // Before the journal's row, as everybody else: nobody stores a pair in between, and no two wait for each other.
      await this.consents.lock(tx, request.consentId);
      switch (verdict.kind) {
        case 'not_sent':
          return this.journal.settle(tx, request.id, 'not_sent', settlementOf(error));
        case 'in_doubt': {
          const isOver = error.context.callIsOver === true;
          if (await this.journal.doubt(tx, request.id, isOver, settlementOf(error))) {
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

  private async spentIsCurrent(tx: EntityManager, request: TokenRequestEntity): Promise<boolean> {
    const tokenSet = await tx.findOne(TokenSetEntity, {
      select: { consentId: true, generation: true },
      where: { consentId: request.consentId },
    });
    return (tokenSet?.generation ?? 0) === request.expectedGeneration;
  }
}

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
