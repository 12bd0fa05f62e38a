import { Injectable } from '@nestjs/common';
import type { GrantType, Secret } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { hashOf } from '../secrets/opaque-value.js';

/**
 * Of a code or refresh token that was spent: the answer with the pair did not leave the bank whole, because a fault struck it or
 * the caller had gone. Who sends the same value again then asks what became of it, and spends nothing twice.
 */
@Injectable()
export class LostAnswers {
  constructor(private readonly dataSource: DataSource) {}

  async note(grantType: GrantType, value: Secret): Promise<void> {
    await this.dataSource.query(
      grantType === 'refresh_token'
        ? `UPDATE bank.rotated_refresh_token SET answer_lost_at = bank.now() WHERE refresh_hash = $1`
        : `UPDATE bank.psu_authorization SET code_answer_lost_at = bank.now()
            WHERE code_hash = $1 AND code_used_at IS NOT NULL`,
      [hashOf(value)],
    );
  }
}
