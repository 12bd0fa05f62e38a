import { Injectable } from '@nestjs/common';
import type { Secret } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { BankSettings } from '../settings/bank.settings.js';
import { hashOf, newScaToken } from '../secrets/opaque-value.js';

/** The consent of a PSU to one TPP for account information, as long as it can be used. */
export interface LiveConsent {
  readonly ibans: readonly string[];
  readonly expiresAt: Date;
}

/** The PSU proves again who they are, for a consent that stands. */
@Injectable()
export class ScaRenewalRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: BankSettings,
  ) {}

  /**
   * What the PSU proves it for; null when there is no such consent, or no longer. Within a transaction, it stays so until
   * that ends.
   */
  async findConsent(tppId: string, psuId: string, within?: EntityManager): Promise<LiveConsent | null> {
    const [found] = await (within ?? this.dataSource).query<LiveConsent[]>(
      `SELECT c.ibans, c.consent_expires_at AS "expiresAt"
         FROM bank.token_pair p JOIN bank.psu_authorization c ON c.id = p.authorization_id
        WHERE p.tpp_id = $1 AND p.psu_id = $2 AND p.scope = 'AIS' AND p.killed_at IS NULL
          AND c.withdrawn_at IS NULL AND c.consent_expires_at > bank.now()
        ${within ? 'FOR UPDATE OF p FOR SHARE OF c' : ''}`,
      [tppId, psuId],
    );
    return found ?? null;
  }

  /** Counts the days from now on, and gives the pair of a consent that was found a new SCA token; its other tokens stay. */
  async renew(tppId: string, psuId: string, within: EntityManager): Promise<Secret> {
    const scaToken = newScaToken();
    await within.query(
      `UPDATE bank.token_pair
          SET authenticated_at = bank.now(), sca_hash = $3, sca_expires_at = bank.now() + make_interval(secs => $4)
        WHERE tpp_id = $1 AND psu_id = $2 AND scope = 'AIS'`,
      [tppId, psuId, hashOf(scaToken), this.settings.lives.scaTokenSeconds],
    );
    return scaToken;
  }
}
