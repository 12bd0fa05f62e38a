import { Injectable } from '@nestjs/common';
import type { ConsentState, StateReason } from '@consent-hub/consent';
import type { Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';

/** A consent and its SCA token, still sealed; the token is null when there is none or its hour is over. */
export interface ScaTokenRow {
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly reason: StateReason | null;
  readonly token: Buffer | null;
  readonly expiresAt: Date | null;
}

@Injectable()
export class ScaTokenQuery {
  constructor(private readonly dataSource: DataSource) {}

  /** By the clock of Postgres. */
  async byConsent(id: string): Promise<ScaTokenRow | null> {
    const [row] = await this.dataSource.query<ScaTokenRow[]>(
      `SELECT c.scope, c.state, c.state_reason AS reason, t.sca_token AS token, t.sca_token_expires_at AS "expiresAt"
         FROM hub.consent c
         LEFT JOIN hub.token_pair t ON t.consent_id = c.id AND t.sca_token_expires_at > now()
        WHERE c.id = $1`,
      [id],
    );
    return row ?? null;
  }
}
