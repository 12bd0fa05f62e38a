import { Injectable } from '@nestjs/common';
import type { Caller } from '@consent-hub/platform';
import { ConsentError } from './consent-error.js';
import type { ConsentEntity } from './consent.entity.js';
import { ConsentRepository } from './transitions/consent.repository.js';

/** What a caller may see: an admin everything, others what they opened. The rest does not exist for them. */
@Injectable()
export class VisibleConsents {
  constructor(private readonly consents: ConsentRepository) {}

  /** @throws ConsentError `consent_not_found` alike for an unknown and a foreign one */
  async get(caller: Caller, id: string): Promise<ConsentEntity> {
    const consent = await this.consents.find(id);
    if (!consent || !(caller.permissions.has('admin') || consent.openedBy === caller.id)) {
      throw new ConsentError('consent_not_found', { consentId: id });
    }
    return consent;
  }
}
