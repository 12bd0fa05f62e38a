import { Injectable } from '@nestjs/common';
import {
  ConsentError,
  ConsentRepository,
  ConsentWithdrawal,
  VisibleConsents,
  type Actor,
  type ConsentEntity,
} from '@consent-hub/consent';
import type { Caller } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/**
 * Ends a consent on behalf of the TPP or of its person and destroys its pair, or withdraws the link that still waits for its person. The bank
 * has no call for it: nothing is sent there.
 */
@Injectable()
export class ConsentRevocationService extends ConsentWithdrawal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
    private readonly visible: VisibleConsents,
  ) {
    super();
  }

  /**
   * Returns the consent that was ended so, also when another caller ended it.
   *
   * @throws ConsentError `consent_not_found`; `consent_not_live` while its code is exchanged, or when it ended otherwise
   */
  async revoke(caller: Caller, id: string): Promise<ConsentEntity> {
    const { id: consentId } = await this.visible.get(caller, id);
    return this.end(consentId, `client:${caller.id}`);
  }

  override async withdraw(consentId: string): Promise<void> {
    const data = { reason: 'withdrawn_by_psu' } as const;
    await this.dataSource.transaction((tx) =>
      this.consents.move(tx, consentId, { to: 'revoked', data, actor: 'psu' }),
    );
    await this.expectEnded(consentId);
  }

  /**
   * For an actor that may end any consent.
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
    return this.expectEnded(consentId);
  }

  /** Moved or not, the consent says whether what was asked for holds. */
  private async expectEnded(consentId: string): Promise<ConsentEntity> {
    const consent = await this.consents.find(consentId);
    if (!consent) throw new ConsentError('consent_not_found', { consentId });
    const { state, stateReason: reason } = consent;
    if (state === 'revoked' || reason === 'withdrawn_by_tpp') return consent;
    throw new ConsentError('consent_not_live', { consentId, state, reason });
  }
}
