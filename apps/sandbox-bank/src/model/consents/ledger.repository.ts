import { Injectable } from '@nestjs/common';
import { Secret, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { PSUS } from '../accounts/psu.repository.js';
import { hashOf } from '../secrets.js';
import { TPPS } from '../tpps/tpp.repository.js';

/** What the bank has seen since the last reset. */
export interface LedgerTotals {
  /** Codes that were exchanged for a token pair. */
  readonly authorizationCodeGrants: number;
  /** Refresh tokens that were exchanged for the next token pair. */
  readonly refreshGrants: number;
  /** Times that a rotated refresh token was presented again. */
  readonly refreshReplays: number;
  /** Times that a used code was presented again. */
  readonly codeReplays: number;
  /** The ones of both that followed a lost answer. The sender asks for the outcome. */
  readonly probesAfterLostAnswer: number;
  /** All others of both. The bank had sent the token pair, or was about to. */
  readonly doubleSpends: number;
  /** Token pairs whose consent is live. */
  readonly livePairs: number;
}

/** A token pair without its values. */
export interface LivePair {
  readonly brand: Brand;
  readonly clientId: string;
  readonly psuId: string;
  readonly psuName: string;
  readonly scope: Scope;
  readonly generation: number;
  readonly ibans: readonly string[];
  readonly accessExpiresAt: Date;
  readonly consentExpiresAt: Date;
}

const LIVE_PAIR = `
  SELECT t.brand, t.client_id AS "clientId", p.psu_id AS "psuId", u.name AS "psuName", p.scope, p.generation, a.ibans,
         p.access_expires_at AS "accessExpiresAt", a.consent_expires_at AS "consentExpiresAt"
    FROM bank.token_pair p
    JOIN bank.psu_authorization a ON a.id = p.authorization_id
    JOIN ${TPPS} t ON t.id = p.tpp_id
    JOIN ${PSUS} u ON u.id = p.psu_id
   WHERE p.killed_at IS NULL AND a.withdrawn_at IS NULL AND a.consent_expires_at > bank.now()`;

/** Counts rows of the tables, so that no grant waits for the counter of another one. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly dataSource: DataSource) {}

  async totals(): Promise<LedgerTotals> {
    const [totals] = await this.dataSource.query<[LedgerTotals]>(
      `SELECT (SELECT count(*) FROM bank.psu_authorization WHERE code_used_at IS NOT NULL)::int
                AS "authorizationCodeGrants",
              (SELECT count(*) FROM bank.rotated_refresh_token)::int AS "refreshGrants",
              (SELECT count(*) FROM bank.replay WHERE grant_type = 'refresh_token')::int AS "refreshReplays",
              (SELECT count(*) FROM bank.replay WHERE grant_type = 'authorization_code')::int AS "codeReplays",
              (SELECT count(*) FROM bank.replay WHERE after_lost_answer)::int AS "probesAfterLostAnswer",
              (SELECT count(*) FROM bank.replay WHERE NOT after_lost_answer)::int AS "doubleSpends",
              (SELECT count(*) FROM (${LIVE_PAIR}) AS live)::int AS "livePairs"`,
    );
    return totals;
  }

  /** The live token pair of the consent whose PSU returned with this state. */
  async findPairByState(state: string): Promise<LivePair | null> {
    const [found] = await this.dataSource.query<LivePair[]>(`${LIVE_PAIR} AND a.state_hash = $1`, [
      hashOf(new Secret(state)),
    ]);
    return found ?? null;
  }

  /** The newest live token pairs. */
  listPairs(limit: number): Promise<LivePair[]> {
    return this.dataSource.query<LivePair[]>(`${LIVE_PAIR} ORDER BY a.decided_at DESC, p.id LIMIT $1`, [
      limit,
    ]);
  }
}
