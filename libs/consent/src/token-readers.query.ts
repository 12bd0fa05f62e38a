import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What one API client was handed of one consent. */
export interface ReadConsent {
  readonly consentId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
}

/** What one API client was handed. */
export interface TokenReads {
  /** How many there are. */
  readonly consents: number;
  readonly uses: number;
  readonly lastUsedAt: Date | null;
  /** Last handed out first. */
  readonly latest: readonly ReadConsent[];
}

interface Row {
  readonly consentId: string;
  readonly uses: number;
  readonly lastUsedAt: Date;
  readonly allConsents: number;
  readonly allUses: number;
}

/** $1 the client, $2 how many: one reading of its rows gives the sums as well. */
export const READS_OF_CLIENT = `
  SELECT consent_id AS "consentId", uses::float8 AS uses, last_used_at AS "lastUsedAt",
         count(*) OVER ()::int AS "allConsents", sum(uses) OVER ()::float8 AS "allUses"
    FROM hub.token_use WHERE api_client_id = $1
   ORDER BY last_used_at DESC, consent_id LIMIT $2`;

/** Which tokens an API client was handed. Counted in batches: what a killed process had not written is missing. */
@Injectable()
export class TokenReadersQuery {
  constructor(private readonly dataSource: DataSource) {}

  async ofClient(apiClientId: string, most: number): Promise<TokenReads> {
    const latest = await this.dataSource.query<Row[]>(READS_OF_CLIENT, [apiClientId, most]);
    const [first] = latest;
    return {
      consents: first?.allConsents ?? 0,
      uses: first?.allUses ?? 0,
      lastUsedAt: first?.lastUsedAt ?? null,
      latest: latest.map(({ consentId, uses, lastUsedAt }) => ({ consentId, uses, lastUsedAt })),
    };
  }
}
