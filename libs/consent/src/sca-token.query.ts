import { Injectable } from '@nestjs/common';
import type { Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import type { ConsentState } from './domain/consent-state.js';
import type { StateReason } from './domain/transition.js';

/** A consent and its SCA token, still sealed; the token is null when there is none or its hour has passed. */
export interface ScaTokenRow {
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly reason: StateReason | null;
  readonly token: Buffer | null;
  readonly expiresAt: Date | null;
}

/** What a later authentication of the PSU needs of a consent. */
export interface ScaConsentRow {
  readonly scope: Scope;
  readonly state: ConsentState;
  readonly reason: StateReason | null;
  readonly redirectUri: string;
  /** When the authentication must have ended. */
  readonly expiresAt: Date;
}

/** Reads SCA tokens, and what a new one is asked for with. */
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

  /** @param seconds how long the PSU may take, by the clock of Postgres */
  async authenticationOf(id: string, seconds: number): Promise<ScaConsentRow | null> {
    const [row] = await this.dataSource.query<ScaConsentRow[]>(
      `SELECT scope, state, state_reason AS reason, redirect_uri AS "redirectUri",
              now() + make_interval(secs => $2) AS "expiresAt"
         FROM hub.consent WHERE id = $1`,
      [id, seconds],
    );
    return row ?? null;
  }
}
