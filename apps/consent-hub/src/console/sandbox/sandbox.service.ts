import { ConsentSearch } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { ConsentDetailService, type ConsentDetail } from '../consents/consent-detail.service.js';
import { notFound } from '../access/console-failure.js';
import { SandboxBankClient, type SandboxOutcomes } from './bank-control.client.js';

export interface SandboxNow {
  readonly asOf: Date;
  /** Of the sandbox bank's pages. */
  readonly url: string;
  /** The consent that was opened last; null where there is none. */
  readonly newest: ConsentDetail | null;
  /** Null where the sandbox bank does not answer. */
  readonly outcomes: SandboxOutcomes | null;
}

/** Reads what the page of the sandbox shows. */
@Injectable()
export class SandboxService {
  constructor(
    private readonly search: ConsentSearch,
    private readonly details: ConsentDetailService,
    private readonly bank: SandboxBankClient,
  ) {}

  /** @throws ConsoleFailure where the bank is a real one */
  async now(): Promise<SandboxNow> {
    const { url } = this.bank;
    if (url === undefined) throw notFound('page: this hub does not work with the sandbox bank');
    const [newest, outcomes] = await Promise.all([this.newest(), this.bank.outcomes()]);
    return { asOf: new Date(), url, newest, outcomes };
  }

  private async newest(): Promise<ConsentDetail | null> {
    const { items } = await this.search.page({ order: 'created_at' }, 1);
    const [found] = items;
    return found ? this.details.read(found.consent.id) : null;
  }
}
