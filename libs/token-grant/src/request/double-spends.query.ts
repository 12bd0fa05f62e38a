import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Requests that did not end as usual, looked at in one reading: the latest ones. */
const MOST = 50_000;

/**
 * Requests that were sent although the pair of the same code or refresh token was stored already. Of two such requests one did not
 * end as usual: at most one is `committed` for a generation. Those are few and have an index; by their consents the others are found.
 * A probe that was sent before a late answer turned up is none.
 *
 * $1 days
 */
export const DOUBLE_SPENDS = `
  WITH unusual AS MATERIALIZED (
    SELECT consent_id, expected_generation FROM hub.token_request
     WHERE status IN ('received', 'in_doubt', 'refused', 'probed', 'overtaken')
       AND id > (lpad(to_hex(floor(extract(epoch FROM now() - make_interval(days => $1)) * 1000)::bigint), 12, '0')
                 || repeat('0', 20))::uuid
     LIMIT ${MOST}
  )
  SELECT count(DISTINCT again.id)::integer AS count
    FROM (SELECT DISTINCT consent_id, expected_generation FROM unusual) u
    CROSS JOIN LATERAL (
      SELECT min(r.settled_at) AS stored_at FROM hub.token_request r
       WHERE r.consent_id = u.consent_id AND r.expected_generation = u.expected_generation AND r.status IN ('committed', 'overtaken')
      OFFSET 0
    ) first
    CROSS JOIN LATERAL (
      SELECT r.id FROM hub.token_request r
       WHERE r.consent_id = u.consent_id AND r.expected_generation = u.expected_generation
         AND r.status <> 'not_sent' AND r.sent_at > first.stored_at
      OFFSET 0
    ) again`;

/** Asks the journal whether a code or refresh token was spent twice. */
@Injectable()
export class DoubleSpendsQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** How many requests of the last days spent what had been spent, and whose pair was stored. */
  async count(days: number): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(DOUBLE_SPENDS, [days]);
    return row?.count ?? 0;
  }
}
