import { ConsentRenewal, type ConsentEntity, type Renewal } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { ConsentOpeningService } from './consent-opening.service.js';
import type { Subject } from './opening.js';

/** Opens the consent that takes over from another one, for the same client, in the browser that the person sits at. */
@Injectable()
export class ConsentRenewalService extends ConsentRenewal {
  constructor(private readonly openings: ConsentOpeningService) {
    super();
  }

  override async renew(consent: ConsentEntity, { language, returnUrl, trace }: Renewal): Promise<string> {
    const { brand, psuRef, purpose, openedBy } = consent;
    const opener = { caller: { id: openedBy }, trace, actor: 'psu', isInBrowser: true } as const;
    const opening = {
      ...{ subject: subjectOf(consent), brand, psuRef, purpose, returnUrl },
      language: language ?? consent.language,
    };
    const { consent: opened } = await this.openings.open(opener, opening);
    return opened.id;
  }
}

function subjectOf({ id, scope, iban }: ConsentEntity): Subject {
  if (scope === 'AIS') return { scope, iban: null };
  if (scope === 'CAF' && iban !== null) return { scope, iban };
  throw new Error(`consent ${id} cannot be renewed`);
}
