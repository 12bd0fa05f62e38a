import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What one API client was handed of one consent. */
export interface TokenUsesRow {
  readonly api_client: string;
  readonly api_client_id: string;
  readonly count: number;
  readonly last_used_at: Date;
}

/** A client is shown by its name; the counts have no foreign key, so a client whose row was removed is shown by its id. */
const SELECT = `
  SELECT coalesce(client.name, use.api_client_id::text) AS api_client, use.api_client_id,
         use.uses::double precision AS count, use.last_used_at
    FROM hub.token_use use LEFT JOIN hub.api_client client ON client.id = use.api_client_id
   WHERE use.consent_id = $1
   ORDER BY use.last_used_at DESC, use.api_client_id`;

/** The API clients that received the access tokens of a consent. Counted in batches: what a killed process had not written is missing. */
@Injectable()
export class TokenUsesQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** One row a client, the latest use first. */
  of(consentId: string): Promise<TokenUsesRow[]> {
    return this.dataSource.query<TokenUsesRow[]>(SELECT, [consentId]);
  }
}
