import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a TPP reads of an account: each is counted by itself. */
export type AccountResource = 'account' | 'transactions';

/** Reads of accounts for which no PSU was there: four in 24 hours (Commission Delegated Regulation 2018/389, article 36). */
@Injectable()
export class UnattendedCallRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts a read, or refuses it: then false, and nothing is counted. */
  async count(tppId: string, iban: string, resource: AccountResource): Promise<boolean> {
    const counted = await this.dataSource.query<unknown[]>(
      `WITH counted AS (
         INSERT INTO bank.unattended_call AS former (tpp_id, iban, resource, called)
         VALUES ($1, $2, $3, ARRAY[bank.now()])
         ON CONFLICT (tpp_id, iban, resource) DO UPDATE SET called = EXCLUDED.called || (
           SELECT COALESCE(array_agg(at), '{}') FROM unnest(former.called) AS at
            WHERE at > bank.now() - interval '24 hours'
         )
         WHERE 4 > (
           SELECT count(*) FROM unnest(former.called) AS at WHERE at > bank.now() - interval '24 hours'
         )
         RETURNING iban
       )
       SELECT iban FROM counted`,
      [tppId, iban, resource],
    );
    return counted.length === 1;
  }
}
