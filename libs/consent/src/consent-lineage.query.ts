import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentState } from './domain/consent-state.js';

/** The consent that was renewed, or the one that took over. */
export interface RelatedConsent {
  readonly id: string;
  readonly relation: 'predecessor' | 'successor';
  readonly state: ConsentState;
  readonly createdAt: Date;
  readonly ibans: readonly string[];
}

const MOST = 20;
const IBANS_OF = (consent: string): string => `
  ARRAY(SELECT iban FROM hub.consent_account a WHERE a.consent_id = ${consent}.id
        UNION SELECT ${consent}.iban WHERE ${consent}.iban IS NOT NULL ORDER BY 1)`;

const RELATED = `
  (SELECT p.id, 'predecessor' AS relation, p.state, p.created_at AS "createdAt", ${IBANS_OF('p')} AS ibans
     FROM hub.consent p WHERE p.superseded_by = $1 ORDER BY p.created_at DESC LIMIT ${MOST})
  UNION ALL
  SELECT s.id, 'successor', s.state, s.created_at, ${IBANS_OF('s')}
    FROM hub.consent c JOIN hub.consent s ON s.id = c.superseded_by WHERE c.id = $1`;

/** What a consent took the place of, and what took its place, with the accounts of each. */
@Injectable()
export class ConsentLineageQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** Predecessors first, the newest of them first. */
  of(consentId: string): Promise<RelatedConsent[]> {
    return this.dataSource.query<RelatedConsent[]>(RELATED, [consentId]);
  }
}
