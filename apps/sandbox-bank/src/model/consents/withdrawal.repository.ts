import { Injectable } from '@nestjs/common';
import type { Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';

/** The PSU ends consents in a channel of the bank; the TPP learns of it when it next calls (bank page "error codes"). */
@Injectable()
export class WithdrawalRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Ends every consent of a PSU, or those of one scope or one client. What was approved but not exchanged ends with them;
   * a new consent works again.
   *
   * @returns how many could still be used
   */
  async withdraw(
    psuId: string,
    { scope, clientId }: { readonly scope?: Scope; readonly clientId?: string } = {},
  ): Promise<number> {
    // Those that another consent has replaced are marked as well: a code that is just being exchanged must not slip through.
    const [row] = await this.dataSource.query<[{ count: number }]>(
      `WITH withdrawn AS (
         UPDATE bank.psu_authorization a SET withdrawn_at = bank.now()
           FROM bank.tpp t
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
