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

/**
 * Ends a consent on behalf of the TPP and destroys its pair, or withdraws the link that still waits for its person. The bank
 * has no call for it: nothing is sent there.
 */
@Injectable()
export class ConsentRevocationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly visible: VisibleConsents,
  ) {}

  /**
   * Returns the consent that was ended so, whoever did it.
   *
   * @throws ConsentError `consent_not_found`; `consent_not_live` while its code is exchanged, or when it ended otherwise
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
    const data = { reason: 'withdrawn_by_tpp' } as const;
    await this.dataSource.transaction(async (tx) => {
      const isRevoked = await this.consents.move(tx, consentId, { to: 'revoked', data, actor });
      // Its row is held since: it did not become live in between.
      if (!isRevoked) await this.consents.move(tx, consentId, { to: 'expired', data, actor });
    });
    // Moved or not, the consent says whether what was asked for holds.
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    const { state, stateReason: reason } = consent;
    if (state === 'revoked' || reason === 'withdrawn_by_tpp') return consent;
    throw new ConsentError('consent_not_live', { consentId, state, reason });
  }
}
