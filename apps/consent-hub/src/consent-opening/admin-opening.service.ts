import { ConsentOpening, type ActingAdmin, type WantedConsent } from '@consent-hub/consent';
import type { RequestTrace } from '@consent-hub/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConsentOpeningService } from './consent-opening.service.js';
import { toOpening } from './opening.js';

/** Opens a consent for a person in the console, whose browser goes on to the bank. */
@Injectable()
export class AdminOpeningService extends ConsentOpening {
  constructor(private readonly openings: ConsentOpeningService) {
    super();
  }

  override async open(
    { openedBy, psuRef, ...wanted }: WantedConsent,
    { actor, adminAction }: ActingAdmin,
    trace: RequestTrace,
    alongside: (tx: EntityManager, consentId: string) => Promise<void>,
  ): Promise<void> {
    const opener = { caller: { id: openedBy }, trace, actor, isInBrowser: true } as const;
    const opening = toOpening({}, { ...wanted, psu_ref: psuRef });
    await this.openings.open(
      { ...opener, facts: { admin_action: adminAction } },
      opening,
      (tx, { consent }) => alongside(tx, consent.id),
    );
  }
}
