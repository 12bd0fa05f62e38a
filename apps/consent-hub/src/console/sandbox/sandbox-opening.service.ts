import { BankError } from '@consent-hub/bank-client';
import { ApiClientAdministration, ConsentOpening, type WantedConsent } from '@consent-hub/consent';
import { newId, type RequestTrace } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import { ConsoleFailure } from '../access/console-failure.js';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { SandboxBankClient } from './bank-control.client.js';
import type { OpeningChoices } from './opening-form.js';

/** Opens consents for customers of the sandbox bank. Each is recorded in the audit, in one transaction with the consent. */
@Injectable()
export class SandboxOpeningService {
  constructor(
    private readonly bank: SandboxBankClient,
    private readonly clients: ApiClientAdministration,
    private readonly openings: ConsentOpening,
    private readonly actions: AdminActionRepository,
  ) {}

  /** @throws ConsoleFailure where the bank is a real one, or the sandbox bank does not answer */
  async choices(): Promise<OpeningChoices> {
    const [customers, clients] = await Promise.all([this.bank.customers(), this.clients.list()]);
    if (!customers)
      throw new ConsoleFailure(
        503,
        'The sandbox bank does not answer',
        `Its customers cannot be listed. Nothing was changed. See whether ${this.bank.url} is there.`,
      );
    return {
      customers,
      clients: clients.filter(
        ({ revokedAt, permissions }) => revokedAt === null && permissions.includes('consents:write'),
      ),
    };
  }

  /** @throws ConsoleFailure where the bank gave no link; nothing was written then */
  async open(
    { session, reason }: { readonly session: ConsoleSession; readonly reason: string },
    wanted: WantedConsent,
    trace: RequestTrace,
  ): Promise<void> {
    const id = newId();
    const by = { actor: `admin:${session.subject}`, adminAction: id } as const;
    const data = { client_id: wanted.openedBy, brand: wanted.brand, scope: wanted.scope };
    try {
      await this.openings.open(wanted, by, trace, async (tx, consentId) => {
        await this.actions.record(tx, session, { id, action: 'open_consent', reason, consentId, data });
      });
    } catch (error) {
      throw error instanceof BankError ? refused(error) : error;
    }
  }
}

const refused = ({ code }: BankError): ConsoleFailure =>
  new ConsoleFailure(
    502,
    'The bank gave no link',
    `The call of the bank failed: ${code}. Nothing was changed. A fault may be set there: see the page of the sandbox.`,
  );
