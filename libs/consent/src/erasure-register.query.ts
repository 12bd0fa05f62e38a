import { exactTime } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from './domain/transition.js';

/** What was erased in one go: of a person who was forgotten, or of consents that had ended long before. Names no person. */
export interface PastErasure {
  readonly at: Date;
  /** Who asked for it; null where the timelines of that time were dropped. */
  readonly actor: Actor | null;
  /** The entry of the audit that says why, where a person did it in the console. */
  readonly adminAction: string | null;
  readonly consents: number;
  readonly brands: readonly Brand[];
}

export interface ErasurePage {
  readonly items: readonly PastErasure[];
  /** The next page is of what was erased before; null: there is none. ISO 8601 with six decimals. */
  readonly next: string | null;
}

type Row = PastErasure & { readonly exactly: string };

/** What one transaction has erased bears one moment. $1 how many, $2 erased before, or NULL */
export const ERASURES = `
  SELECT e.at, e.consents, e.brands, ${exactTime('e.at')} AS exactly,
         entry.actor, entry.data ->> 'admin_action' AS "adminAction"
    FROM (SELECT erased_at AS at, count(*)::integer AS consents, array_agg(DISTINCT brand) AS brands, min(id::text)::uuid AS sample
            FROM hub.consent WHERE erased_at IS NOT NULL AND erased_at < coalesce($2::timestamptz, 'infinity')
           GROUP BY erased_at ORDER BY erased_at DESC LIMIT $1) e
    LEFT JOIN LATERAL (
      SELECT actor, data FROM hub.consent_event WHERE consent_id = e.sample AND type = 'erased' ORDER BY seq LIMIT 1
    ) entry ON true
   ORDER BY e.at DESC`;

/** The register of erasures, from what erasing leaves: the moment at each consent, and an entry of its timeline. */
@Injectable()
export class ErasureRegister {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @param before `next` of the page before */
  async page(limit: number, before?: string): Promise<ErasurePage> {
    const rows = await this.dataSource.query<Row[]>(ERASURES, [limit + 1, before ?? null]);
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? (items.at(-1)?.exactly ?? null) : null };
  }
}
