import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import { Secret, type Brand, type Language, type Scope } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { BankTerms } from './bank-terms.js';
import { hashOf, newOpaqueValue } from './opaque-value.js';

/** What a TPP asks a PSU for, from the consent URI to the PSU's decision. */
export interface Authorization {
  readonly id: string;
  readonly brand: Brand;
  readonly scope: Scope;
  readonly clientId: string;
  readonly tppName: string;
  /** Of the link by which it was found. */
  readonly language: Language;
  readonly redirectUri: string;
  /** CAF only: the account that the TPP named; the PSU has no other to choose. */
  readonly iban: string | null;
  readonly status: 'pending' | 'approved' | 'refused' | 'failed';
  readonly expiresAt: Date;
  readonly expired: boolean;
}

export interface AuthorizationRequest {
  readonly tppId: string;
  readonly scope: Scope;
  readonly redirectUri: string;
  /** RFC 7636 section 4.2, method S256. */
  readonly codeChallenge: string;
  readonly iban: string | null;
  readonly languages: readonly Language[];
}

/** One link to the same authorization, in one language. */
export interface AuthorizationLink {
  readonly language: Language;
  readonly appToken: Secret;
}

export interface PsuChoice {
  readonly psuId: string;
  readonly ibans: readonly string[];
  /** The TPP's own, as it stood in the opened link; only its hash is kept, so that the ledger can find the consent by it. */
  readonly state?: string | undefined;
}

/** The one writer of authorizations. */
@Injectable()
export class AuthorizationBook {
  constructor(
    private readonly dataSource: DataSource,
    private readonly terms: BankTerms,
  ) {}

  /** Opens an authorization and gives a link to it for each language. */
  async open(request: AuthorizationRequest): Promise<AuthorizationLink[]> {
    const links = request.languages.map((language) => ({ language, appToken: newOpaqueValue() }));
    await this.dataSource.query(
      `WITH opened AS (
         INSERT INTO bank.psu_authorization
           (id, tpp_id, scope, redirect_uri, code_challenge, iban, opened_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, bank.now(), bank.now() + make_interval(secs => $7))
         RETURNING id
       )
       INSERT INTO bank.authorization_link (app_token_hash, authorization_id, language)
       SELECT link.app_token_hash, opened.id, link.language
         FROM opened, unnest($8::bytea[], $9::text[]) AS link (app_token_hash, language)`,
      [
        newId(),
        request.tppId,
        request.scope,
        request.redirectUri,
        request.codeChallenge,
        request.iban,
        this.terms.linkSeconds,
        links.map(({ appToken }) => hashOf(appToken)),
        links.map(({ language }) => language),
      ],
    );
    return links;
  }

  async findByAppToken(appToken: Secret): Promise<Authorization | null> {
    const [found] = await this.dataSource.query<Authorization[]>(
      `SELECT a.id, t.brand, a.scope, t.client_id AS "clientId", t.name AS "tppName", l.language,
              a.redirect_uri AS "redirectUri", a.iban, a.status, a.expires_at AS "expiresAt",
              a.expires_at <= bank.now() AS expired
         FROM bank.authorization_link l
         JOIN bank.psu_authorization a ON a.id = l.authorization_id
         JOIN bank.tpp t ON t.id = a.tpp_id
        WHERE l.app_token_hash = $1`,
      [hashOf(appToken)],
    );
    return found ?? null;
  }

  /**
   * Approves a pending authorization and issues its code.
   *
   * @returns null, and nothing has changed, when it is no longer pending or has expired, when no account is chosen, or
   *   when one of them is not this PSU's, may not be opened to a TPP, or is not the one that the TPP named
   */
  async approve(id: string, choice: PsuChoice): Promise<{ code: Secret } | null> {
    const code = newOpaqueValue();
    const ibans = [...new Set(choice.ibans)];
    const approved = await this.dataSource.query<{ id: string }[]>(
      `WITH approved AS (
         UPDATE bank.psu_authorization a
            SET status = 'approved', decided_at = bank.now(), psu_id = p.id, ibans = $3, state_hash = $4,
                consent_expires_at = bank.now() + make_interval(days => $5),
                code_hash = $6, code_expires_at = bank.now() + make_interval(secs => $7)
           FROM bank.psu p
           JOIN bank.tpp t USING (brand)
          WHERE a.id = $1 AND a.status = 'pending' AND a.expires_at > bank.now()
            AND p.id = $2 AND t.id = a.tpp_id
            AND cardinality($3::text[]) > 0 AND (a.iban IS NULL OR $3::text[] = ARRAY[a.iban])
            AND cardinality($3::text[]) = (
              SELECT count(*) FROM bank.account_psu m JOIN bank.account c USING (iban)
               WHERE m.psu_id = p.id AND c.brand = p.brand AND c.is_eligible AND c.iban = ANY ($3::text[])
            )
          RETURNING a.id
       )
       SELECT id FROM approved`,
      [
        id,
        choice.psuId,
        ibans,
        choice.state === undefined ? null : hashOf(new Secret(choice.state)),
        this.terms.consentDays,
        hashOf(code),
        this.terms.lives.codeSeconds,
      ],
    );
    return approved.length === 1 ? { code } : null;
  }

  /** The PSU says no. False, and nothing has changed, when the authorization is no longer pending. */
  refuse(id: string): Promise<boolean> {
    return this.end(id, 'refused');
  }

  /** Something goes wrong on the bank's side. False, and nothing has changed, when it is no longer pending. */
  fail(id: string): Promise<boolean> {
    return this.end(id, 'failed');
  }

  private async end(id: string, status: 'refused' | 'failed'): Promise<boolean> {
    const ended = await this.dataSource.query<{ id: string }[]>(
      `WITH ended AS (
         UPDATE bank.psu_authorization SET status = $2, decided_at = bank.now()
          WHERE id = $1 AND status = 'pending'
         RETURNING id
       )
       SELECT id FROM ended`,
      [id, status],
    );
    return ended.length === 1;
  }
}
