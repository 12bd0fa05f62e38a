import { Injectable } from '@nestjs/common';
import type { Scope, Secret } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOf, newScaToken } from '../secrets.js';
import { BankSettings } from '../settings/bank.settings.js';
import { TPPS } from '../tpps/tpp.repository.js';

/** A live consent of a PSU to one TPP for account information. */
export interface LiveConsent {
  readonly ibans: readonly string[];
  readonly expiresAt: Date;
}

/** Live consents: the PSU authenticates again for one, or withdraws it. */
@Injectable()
export class ConsentRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: BankSettings,
  ) {}

  /** Null when there is no such consent, or it has ended. Within a transaction, it is locked until that ends. */
  async findLive(tppId: string, psuId: string, within?: EntityManager): Promise<LiveConsent | null> {
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

  /** Restarts the count of days, and gives the consent's token pair a new SCA token; its other tokens stay. */
  async renewSca(tppId: string, psuId: string, within: EntityManager): Promise<Secret> {
    const scaToken = newScaToken();
    await within.query(
      `UPDATE bank.token_pair
          SET authenticated_at = bank.now(), sca_hash = $3, sca_expires_at = bank.now() + make_interval(secs => $4)
        WHERE tpp_id = $1 AND psu_id = $2 AND scope = 'AIS'`,
      [tppId, psuId, hashOf(scaToken), this.settings.lives.scaTokenSeconds],
    );
    return scaToken;
  }

  /**
   * The PSU ends every consent in a channel of the bank, or those of one scope or one client; the TPP learns of it when it
   * next calls (bank page "error codes"). What was approved but not exchanged ends with them; a new consent works again.
   *
   * @returns how many could still be used
   */
  async withdraw(
    psuId: string,
    { scope, clientId }: { readonly scope?: Scope; readonly clientId?: string } = {},
  ): Promise<number> {
    // Replaced consents are withdrawn as well, so that a code that is just being exchanged is refused.
    const [row] = await this.dataSource.query<[{ count: number }]>(
      `WITH withdrawn AS (
         UPDATE bank.psu_authorization a SET withdrawn_at = bank.now()
           FROM ${TPPS} t
          WHERE t.id = a.tpp_id AND a.psu_id = $1 AND a.status = 'approved' AND a.withdrawn_at IS NULL
            AND a.consent_expires_at > bank.now()
            AND ($2::text IS NULL OR a.scope = $2) AND ($3::text IS NULL OR t.client_id = $3)
         RETURNING a.id, a.purpose <> 'sca' AND a.code_used_at IS NULL AND a.code_expires_at > bank.now() AS "hasCode"
       )
       SELECT count(*)::int AS count
         FROM withdrawn w LEFT JOIN bank.token_pair p ON p.authorization_id = w.id AND p.killed_at IS NULL
        WHERE w."hasCode" OR p.id IS NOT NULL`,
      [psuId, scope ?? null, clientId ?? null],
    );
    return row.count;
  }
}
