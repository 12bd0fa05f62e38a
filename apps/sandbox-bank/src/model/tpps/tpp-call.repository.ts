import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a TPP reads of an account; each is counted separately. */
export type AccountResource = 'account' | 'transactions';

/** What the bank remembers of the calls of TPPs, for 24 hours. */
@Injectable()
export class TppCallRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Remembers a call by its Request-ID, and forgets older ones. False for a second call, in any number of processes. */
  async isFirst(tppId: string, requestId: string): Promise<boolean> {
    const seen = await this.dataSource.query<{ seen: boolean }[]>(
      `WITH forgotten AS (
         DELETE FROM bank.seen_request WHERE (tpp_id, request_id) IN (
           SELECT tpp_id, request_id FROM bank.seen_request
            WHERE seen_at <= bank.now() - interval '24 hours' AND (tpp_id, request_id) <> ($1, $2)
              FOR UPDATE SKIP LOCKED
         )
       ), remembered AS (
         INSERT INTO bank.seen_request AS seen (tpp_id, request_id, seen_at) VALUES ($1, $2, bank.now())
         ON CONFLICT (tpp_id, request_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
          WHERE seen.seen_at <= bank.now() - interval '24 hours'
         RETURNING true AS seen
       )
       SELECT seen FROM remembered`,
      [tppId, requestId.toLowerCase()],
    );
    return seen.length === 1;
  }

  /**
   * Counts a read of an account for which no PSU was there: four in 24 hours (Commission Delegated Regulation 2018/389,
   * article 36). False, and nothing is counted, for a further one.
   */
  async countUnattended(tppId: string, iban: string, resource: AccountResource): Promise<boolean> {
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
