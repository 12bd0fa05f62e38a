import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Which calls of a TPP the bank has seen in the last 24 hours, by their Request-ID. */
@Injectable()
export class SeenRequestRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Remembers a call, and forgets those of before. False, however many processes ask, when it was there already. */
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
}
