import { Injectable } from '@nestjs/common';
import { BankError } from '@consent-hub/bank-client';
import { ConsentRepository, type Actor, type EventData } from '@consent-hub/consent';
import type { Secret } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { ending, factsOf, type GrantEnd, settlementOf } from './verdict.js';
import { TokenSealer } from '../answers/token-sealer.service.js';
import type { RequestRecord } from '../request/reserved-request.js';
import { TokenGrantSettings } from '../token-grant.settings.js';
import { TokenRequestRepository } from '../request/token-request.repository.js';

const ACTOR: Actor = 'hub:token-grant';

/** Settles successes of POST /token whose answer the program cannot read. */
@Injectable()
export class UnreadableAnswerService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly journal: TokenRequestRepository,
    private readonly sealer: TokenSealer,
    private readonly settings: TokenGrantSettings,
  ) {}

  /**
   * Stores an answer that holds tokens: the request stays open, and no probe is sent. An answer without tokens leaves the request
   * in doubt: the bank may have acted, or it was not the bank that answered.
   *
   * @param error says by `holdsPair` which of the two it is, and by `callIsOver` whether a probe must wait for the lease
   */
  async note(request: RequestRecord, body: Secret, error: BankError): Promise<GrantEnd> {
    const { holdsPair, callIsOver = false } = error.context;
    const sealed = holdsPair === false ? null : this.sealer.sealAnswer(request, body);
    return this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, request.consentId);
      const answer = { sealed, callIsOver, facts: settlementOf(error) };
      const { isNews, status } = await this.journal.noteUnread(tx, request, answer);
      // Once: the spool may bring the same answer again.
      if (isNews) {
        const type = sealed ? 'grant_unreadable' : 'grant_in_doubt';
        await this.consents.record(tx, request.consentId, type, ACTOR, factsOf(request, error));
        if (!sealed) await this.postpone(tx, request, callIsOver ? null : request.leaseEndsAt);
      }
      return ending(status === 'received' ? 'received' : 'in_doubt');
    });
  }

  /**
   * Waits no longer for a version that can read a stored answer: the request is in doubt, and the next one asks the bank again.
   *
   * @param keepAnswer whether the answer stays in the journal, for an investigation
   * @returns false when it was not waiting; nothing was changed then
   */
  async giveUp(
    request: RequestRecord,
    {
      actor = ACTOR,
      keepAnswer,
      facts = {},
    }: { readonly actor?: Actor; readonly keepAnswer: boolean; facts?: EventData },
  ): Promise<boolean> {
    const { consentId, grantType, requestId } = request;
    return this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, consentId);
      if (!(await this.journal.giveUpUnread(tx, request.id, keepAnswer))) return false;
      const about = { request_id: requestId, grant_type: grantType, outcome: 'unreadable_answer', ...facts };
      await this.consents.record(tx, consentId, 'grant_in_doubt', actor, about);
      await this.postpone(tx, request, null);
      return true;
    });
  }

  private async postpone(tx: EntityManager, request: RequestRecord, notBefore: Date | null): Promise<void> {
    const { consentId, grantType, expectedGeneration: generation } = request;
    if (grantType !== 'refresh_token') return;
    const { schedule } = this.settings;
    await this.consents.postponeRefresh(tx, {
      consentId,
      generation,
      schedule,
      ...(notBefore && { notBefore }),
    });
  }
}
