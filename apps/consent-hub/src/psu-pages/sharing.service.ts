import { Injectable } from '@nestjs/common';
import { BankError } from '@consent-hub/bank-client';
import {
  ConsentError,
  ConsentRenewal,
  ConsentRepository,
  ConsentWithdrawal,
  type ClientsPerson,
  type PersonConsent,
} from '@consent-hub/consent';
import type { RequestTrace } from '@consent-hub/platform';
import { LANGUAGES } from '@consent-hub/psd2-protocol';
import { HttpSettings } from '../config/http.settings.js';
import type { PageLanguage } from '../http-api/page-language.js';
import { ConnectionsService } from './connections.service.js';
import { PageRefusal } from './page-refusal.js';
import { isRenewable } from './status.js';

/** Stops and renews what a person shares, on the word of that person. */
@Injectable()
export class SharingService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly withdrawal: ConsentWithdrawal,
    private readonly renewal: ConsentRenewal,
    private readonly consents: ConsentRepository,
    private readonly http: HttpSettings,
  ) {}

  /** @throws PageRefusal `not_found`, `not_stoppable` */
  async stop(person: ClientsPerson, id: string): Promise<void> {
    const consent = await this.connections.get(person, id);
    try {
      await this.withdrawal.withdraw(consent.id);
    } catch (error) {
      throw error instanceof ConsentError && error.code === 'consent_not_live'
        ? new PageRefusal('not_stoppable')
        : error;
    }
  }

  /** @throws PageRefusal `not_found`, `not_renewable` */
  async getRenewable(person: ClientsPerson, id: string): Promise<PersonConsent> {
    const consent = await this.connections.get(person, id);
    if (!isRenewable(consent, new Date())) throw new PageRefusal('not_renewable');
    return consent;
  }

  /**
   * @param language of the page, which the bank speaks too if it can
   * @returns the id of the consent that waits for the person at the bank
   * @throws PageRefusal as `getRenewable`, and `bank_unavailable`
   */
  async renew(
    person: ClientsPerson,
    id: string,
    language: PageLanguage,
    trace: RequestTrace,
  ): Promise<string> {
    await this.getRenewable(person, id);
    const consent = await this.consents.find(id);
    if (!consent) throw new PageRefusal('not_found');
    try {
      return await this.renewal.renew(consent, {
        language: LANGUAGES.find((known) => known === language) ?? null,
        returnUrl: `${this.http.publicUrl}/my/returned`,
        trace,
      });
    } catch (error) {
      throw error instanceof BankError ? new PageRefusal('bank_unavailable') : error;
    }
  }
}
