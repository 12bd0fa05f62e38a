import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MOST_COUNTED } from './search/consent-search.js';

/** What one API client was handed of one consent. */
export interface TokenReader {
  readonly apiClientId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
}

/** Of how many consents in a group an API client has read the tokens. */
interface ReadersOfGroup {
  readonly group: string;
  readonly apiClientId: string;
  readonly consents: number;
}

const OF_CONSENT = `
  SELECT api_client_id AS "apiClientId", uses::double precision AS uses, last_used_at AS "lastUsedAt"
    FROM hub.token_use WHERE consent_id = $1 ORDER BY last_used_at DESC, api_client_id`;

/** The key of the table begins with the consent: each of them is looked up, however many there are. */
const OF_GROUPS = `
  SELECT given.label AS group, use.api_client_id AS "apiClientId", count(*)::integer AS consents
    FROM unnest($1::text[], $2::uuid[]) AS given (label, consent_id)
    CROSS JOIN LATERAL (SELECT u.api_client_id FROM hub.token_use u WHERE u.consent_id = given.consent_id OFFSET 0) use
   GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`;

/** What one API client was handed of one consent. */
interface ReadConsent {
  readonly consentId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
}

/** What one API client was handed, in all; null where it is of more consents than `MOST_COUNTED`, of which not all are looked at. */
export type TokenReads = {
  readonly consents: number;
  readonly uses: number;
  readonly lastUsedAt: Date | null;
  /** Last handed out first. */
  readonly latest: readonly ReadConsent[];
} | null;

interface Row {
  readonly consentId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
  readonly allConsents: number;
  readonly allUses: number;
}

/** $1 the client, $2 how many, $3 rows to look at: one reading of them gives the sums as well. */
export const READS_OF_CLIENT = `
  SELECT consent_id AS "consentId", uses::float8 AS uses, last_used_at AS "lastUsedAt",
         count(*) OVER ()::int AS "allConsents", sum(uses) OVER ()::float8 AS "allUses"
    FROM (SELECT consent_id, uses, last_used_at FROM hub.token_use WHERE api_client_id = $1 LIMIT $3) own
   ORDER BY last_used_at DESC, consent_id LIMIT $2`;

/** Which API clients read tokens. Counted in batches: what a killed process had not written is missing. */
@Injectable()
export class TokenReadersQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** One a client, the latest first. */
  of(consentId: string): Promise<TokenReader[]> {
    return this.dataSource.query<TokenReader[]>(OF_CONSENT, [consentId]);
  }

  /** Of every group the clients that read tokens of its consents, those of most consents first. */
  ofGroups(groups: ReadonlyMap<string, readonly string[]>): Promise<ReadersOfGroup[]> {
    const pairs = [...groups].flatMap(([group, ids]) => ids.map((id) => [group, id] as const));
    return this.dataSource.query<ReadersOfGroup[]>(OF_GROUPS, [
      pairs.map(([group]) => group),
      pairs.map(([, id]) => id),
    ]);
  }

  /** Of all consents together, and the last ones that it was handed. */
  async ofClient(apiClientId: string, most: number): Promise<TokenReads> {
    const latest = await this.dataSource.query<Row[]>(READS_OF_CLIENT, [apiClientId, most, MOST_COUNTED + 1]);
    const [first] = latest;
    if (first && first.allConsents > MOST_COUNTED) return null;
    return {
      consents: first?.allConsents ?? 0,
      uses: first?.allUses ?? 0,
      lastUsedAt: first?.lastUsedAt ?? null,
      latest: latest.map(({ consentId, uses, lastUsedAt }) => ({ consentId, uses, lastUsedAt })),
    };
  }
}
