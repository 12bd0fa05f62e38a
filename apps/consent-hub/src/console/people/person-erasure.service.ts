import { ErasureError, PersonEraser, type ErasureErrorCode } from '@consent-hub/consent';
import { newId } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository, type AdminAction } from '../audit/admin-action.repository.js';
import { ERASED, type PersonDetail } from './person.service.js';

/** Beyond that a receipt names no more of them. */
const MOST_NAMED = 1_000;

const REFUSED: Readonly<Record<ErasureErrorCode, ConsoleFailure>> = {
  person_unknown: ERASED,
  consents_not_ended: new ConsoleFailure(409, 'Some consents have not ended', 'Nothing was erased.'),
  call_under_way: new ConsoleFailure(
    409,
    'A call of the bank is under way',
    'The bank is being asked for the first tokens of a consent, and its answer must be known first. Nothing was erased. Try again in some minutes.',
  ),
};
const OTHERS = new ConsoleFailure(
  409,
  'The consents of this person have changed',
  'A consent was opened or erased after you had seen how many there are. Nothing was erased. Look at them again.',
);

/** Erases a person, with the entry of the audit that is the receipt. */
@Injectable()
export class PersonErasureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly eraser: PersonEraser,
    private readonly actions: AdminActionRepository,
  ) {}

  /**
   * @param confirmed how many consents the person has seen, and typed in
   * @returns the id of the receipt
   * @throws ConsoleFailure
   */
  erase(
    { session, reason }: { readonly session: ConsoleSession; readonly reason: string },
    { consent }: PersonDetail,
    confirmed: number,
  ): Promise<string> {
    const { id: consentId, psuRef } = consent;
    const id = newId();
    return this.dataSource
      .transaction(async (tx) => {
        const { going, accounts, sealed, answers, sessions, openings } = await this.eraser.holdings(
          psuRef,
          tx,
        );
        const actor = `admin:${session.subject}` as const;
        const facts = { admin_action: id };
        const erased = await this.eraser.eraseIn(tx, { psuRef, mayEnd: true, actor, facts });
        if (erased.length !== confirmed) throw OTHERS;
        const counts = { accounts, sealed, answers, sessions, openings };
        const named = erased.slice(0, MOST_NAMED).map((one) => one.id);
        const data = { consents: erased.length, ended: going, ...counts, consent_ids: named };
        return this.actions.record(tx, session, { id, action: 'erase_person', reason, consentId, data });
      })
      .catch((error: unknown) => {
        throw error instanceof ErasureError ? REFUSED[error.code] : error;
      });
  }

  /** @throws ConsoleFailure where there is no such receipt */
  async receipt(id: string): Promise<AdminAction> {
    const action = await this.actions.find(id);
    if (action?.action !== 'erase_person') throw notFound('receipt');
    return action;
  }
}
