import { Injectable } from '@nestjs/common';
import {
  ConsentError,
  ConsentRepository,
  VisibleConsents,
  type Actor,
  type ConsentEntity,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/** Ends a live consent on behalf of the TPP and destroys its pair. The bank has no call for it: nothing is sent there. */
@Injectable()
export class ConsentRevocationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly visible: VisibleConsents,
  ) {}

  /**
   * Returns the revoked consent, whoever revoked it.
   *
   * @throws ConsentError `consent_not_found`; `consent_not_live` when it never was, or ended otherwise
   */
  async revoke(caller: Caller, id: string): Promise<ConsentEntity> {
    const { id: consentId } = await this.visible.get(caller, id);
    return this.end(consentId, `client:${caller.id}`);
  }

  /**
   * For whoever may end any consent.
   *
   * @throws ConsentError as `revoke`
   */
  async end(consentId: string, actor: Actor): Promise<ConsentEntity> {
    await this.dataSource.transaction((tx) =>
      this.consents.move(tx, consentId, { to: 'revoked', data: { reason: 'withdrawn_by_tpp' }, actor }),
    );
    // Moved or not, the consent says whether what was asked for holds.
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    const { state, stateReason: reason } = consent;
    if (state !== 'revoked') throw new ConsentError('consent_not_live', { consentId, state, reason });
    return consent;
  }
}
