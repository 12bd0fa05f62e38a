import { ConsentSearch, findLinkStart } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsentDetailService, type ConsentDetail } from '../consents/consent-detail.service.js';
import { ConsoleSite } from '../access/console-site.js';
import { SandboxBankClient, type SandboxOutcomes } from './bank-control.client.js';

export interface SandboxNow {
  readonly asOf: Date;
  /** Of the sandbox bank's pages. */
  readonly url: string;
  /** The consent that was opened last; null where there is none. */
  readonly newest: ConsentDetail | null;
  /** Where its person sets out for the bank; null: no link waits, or it does not begin at the hub. */
  readonly link: string | null;
  /** Null where the sandbox bank does not answer. */
  readonly outcomes: SandboxOutcomes | null;
}

/** Reads what the page of the sandbox shows. */
@Injectable()
export class SandboxService {
  constructor(
    private readonly site: ConsoleSite,
    private readonly dataSource: DataSource,
    private readonly search: ConsentSearch,
    private readonly details: ConsentDetailService,
    private readonly bank: SandboxBankClient,
  ) {}

  /** @throws ConsoleFailure where the bank is a real one */
  async now(): Promise<SandboxNow> {
    const { url } = this.bank;
    const [newest, outcomes] = await Promise.all([this.newest(), this.bank.outcomes()]);
    return { asOf: new Date(), url, newest, link: newest && (await this.linkOf(newest)), outcomes };
  }

  private async newest(): Promise<ConsentDetail | null> {
    const { items } = await this.search.page({ order: 'created_at' }, 1);
    const [found] = items;
    return found ? this.details.read(found.consent.id) : null;
  }

  private async linkOf({ consent: { id, language } }: ConsentDetail): Promise<string | null> {
    if (!(await findLinkStart(this.dataSource, id))) return null;
    return `${this.site.publicUrl}/start/${id}${language === null ? '' : `?language=${language}`}`;
  }
}
