import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { ELIGIBLE_ACCOUNTS, PSUS } from '../accounts/psu.repository.js';
import { TPPS } from '../tpps/tpp.repository.js';
import type {
  Approval,
  Authorization,
  AuthorizationLink,
  AuthorizationRequest,
  PsuChoice,
  Purpose,
  ScaRequest,
} from './authorization.js';
import { BankSettings } from '../settings/bank.settings.js';
import { hashOf, newAppToken, newOpaqueValue } from '../secrets.js';
import { authorizationOfPayment, PaymentRepository } from '../payments/payment.repository.js';
import type { PaymentOrder } from '../payments/payment.js';
import { ConsentRepository } from './consent.repository.js';

/** The constant facts of an authorization that an approval needs. */
interface Asked {
  readonly purpose: Purpose;
  readonly tppId: string;
  readonly returnsCode: boolean;
}

/** What an approval writes. */
interface Grant {
  readonly ibans: readonly string[];
  /** Null: the duration of a consent from now on. */
  readonly expiresAt: Date | null;
  readonly code: Secret | null;
}

/** The only writer of authorizations. */
@Injectable()
export class AuthorizationRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: BankSettings,
    private readonly payments: PaymentRepository,
    private readonly consents: ConsentRepository,
  ) {}

  /** Opens an authorization and gives a link to it for each language. */
  async open(request: AuthorizationRequest): Promise<AuthorizationLink[]> {
    return (await this.enter(request, this.dataSource.manager)).links;
  }

  /** Opens the authorization of a payment, and stores the payment. */
  openPayment(
    request: Omit<AuthorizationRequest, 'scope' | 'purpose'>,
    order: PaymentOrder,
  ): Promise<{ paymentId: string; links: AuthorizationLink[] }> {
    return this.dataSource.transaction(async (transaction) => {
      const { id, links } = await this.enter({ ...request, scope: 'PIS', purpose: 'payment' }, transaction);
      return { paymentId: await this.payments.receive(id, order, request.iban, transaction), links };
    });
  }

  /** Asks a PSU with a live consent to authenticate again. */
  openSca({ psuId, ...request }: ScaRequest): Promise<AuthorizationLink[]> {
    return this.open({
      ...request,
      purpose: 'sca',
      scope: 'AIS',
      boundPsuId: psuId,
      codeChallenge: null,
      iban: null,
      returnsCode: this.settings.assumptions.sca_return === 'code',
    });
  }

  async findByAppToken(appToken: Secret): Promise<Authorization | null> {
    const [found] = await this.dataSource.query<Authorization[]>(
      `SELECT a.id, t.brand, a.purpose, a.scope, t.id AS "tppId", t.client_id AS "clientId", t.name AS "tppName",
              l.language, a.redirect_uri AS "redirectUri", a.iban, a.bound_psu_id AS "boundPsuId", a.status,
              a.expires_at AS "expiresAt", a.expires_at <= bank.now() AS expired
         FROM bank.authorization_link l
         JOIN bank.psu_authorization a ON a.id = l.authorization_id
         JOIN ${TPPS} t ON t.id = a.tpp_id
        WHERE l.app_token_hash = $1`,
      [hashOf(appToken)],
    );
    return found ?? null;
  }

  /**
   * Approves a pending authorization, with all that follows from it: a code, a signed payment, a renewed SCA.
   *
   * @returns null, and nothing has changed, when it is no longer pending or has expired, when it waits for another PSU,
   *   when no account is chosen, or for a payment not exactly one, when one of them is not this PSU's, may not be opened
   *   to a TPP, or is not the one that the TPP named, and when the consent that an SCA was for has ended
   */
  approve(id: string, choice: PsuChoice): Promise<Approval | null> {
    return this.dataSource.transaction(async (transaction) => {
      const asked = await this.findAsked(id, transaction);
      if (!asked) return null;
      const code = asked.returnsCode ? newOpaqueValue() : null;
      // An SCA has the accounts and the end of its consent.
      const consent =
        asked.purpose === 'sca'
          ? await this.consents.findLive(asked.tppId, choice.psuId, transaction)
          : { ibans: [...new Set(choice.ibans)], expiresAt: null };
      if (!consent || !(await this.grant(id, choice, { ...consent, code }, transaction))) return null;
      const [iban] = consent.ibans;
      if (asked.purpose === 'payment' && iban !== undefined) await this.payments.sign(id, iban, transaction);
      if (code) return { code };
      if (asked.purpose !== 'sca') return {};
      return { scaToken: await this.consents.renewSca(asked.tppId, choice.psuId, transaction) };
    });
  }

  /** The PSU refuses. False, and nothing has changed, when the authorization is no longer pending. */
  refuse(id: string): Promise<boolean> {
    return this.end(id, 'refused');
  }

  /** The bank fails. False, and nothing has changed, when the authorization is no longer pending. */
  fail(id: string): Promise<boolean> {
    return this.end(id, 'failed');
  }

  /**
   * Cancels a payment that is not executed: one that waits for its day, or one that is not signed, whose link is invalid
   * then. False, and nothing has changed, when it is too late.
   */
  cancelPayment(id: string): Promise<boolean> {
    // The authorization is locked first, as by a decision: the second of the two finds it decided.
    return this.dataSource.transaction(async (transaction) => {
      const ended = await transaction.query<{ id: string }[]>(
        `WITH ended AS (
           UPDATE bank.psu_authorization SET status = 'failed', decided_at = bank.now()
            WHERE id = ${authorizationOfPayment('$1')} AND status = 'pending' AND expires_at > bank.now()
           RETURNING id
         )
         SELECT id FROM ended`,
        [id],
      );
      return this.payments.cancel(id, ended.length === 1, transaction);
    });
  }

  private async enter(
    request: AuthorizationRequest,
    within: EntityManager,
  ): Promise<{ id: string; links: AuthorizationLink[] }> {
    const id = newId();
    const links = request.languages.map((language) => ({ language, appToken: newAppToken() }));
    await within.query(
      `WITH opened AS (
         INSERT INTO bank.psu_authorization
           (id, tpp_id, scope, redirect_uri, code_challenge, code_challenge_method, iban, purpose, bound_psu_id,
            returns_code, opened_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, bank.now(), bank.now() + make_interval(secs => $11))
         RETURNING id
       )
       INSERT INTO bank.authorization_link (app_token_hash, authorization_id, language)
       SELECT link.app_token_hash, opened.id, link.language
         FROM opened, unnest($12::bytea[], $13::text[]) AS link (app_token_hash, language)`,
      [
        id,
        request.tppId,
        request.scope,
        request.redirectUri,
        request.codeChallenge,
        request.codeChallengeMethod ?? 'S256',
        request.iban,
        request.purpose ?? 'consent',
        request.boundPsuId ?? null,
        request.returnsCode ?? true,
        this.settings.linkSeconds,
        links.map(({ appToken }) => hashOf(appToken)),
        links.map(({ language }) => language),
      ],
    );
    return { id, links };
  }

  private async findAsked(id: string, within: EntityManager): Promise<Asked | undefined> {
    const [found] = await within.query<Asked[]>(
      `SELECT purpose, tpp_id AS "tppId", returns_code AS "returnsCode" FROM bank.psu_authorization WHERE id = $1`,
      [id],
    );
    return found;
  }

  /** False, and nothing has changed, when the choice is not allowed. */
  private async grant(
    id: string,
    { psuId, state }: PsuChoice,
    { ibans, expiresAt, code }: Grant,
    within: EntityManager,
  ): Promise<boolean> {
    const granted = await within.query<{ id: string }[]>(
      `WITH granted AS (
         UPDATE bank.psu_authorization a
            SET status = 'approved', decided_at = bank.now(), psu_id = p.id, ibans = $3, state_hash = $4,
                consent_expires_at = coalesce($5, bank.now() + make_interval(days => $6)),
                code_hash = $7, code_expires_at = CASE WHEN a.returns_code THEN bank.now() + make_interval(secs => $8) END
           FROM ${PSUS} p
           JOIN ${TPPS} t USING (brand)
          WHERE a.id = $1 AND a.status = 'pending' AND a.expires_at > bank.now()
            AND p.id = $2 AND t.id = a.tpp_id AND coalesce(a.bound_psu_id, p.id) = p.id
            AND (a.purpose = 'sca' OR (
              cardinality($3::text[]) > 0 AND (a.purpose <> 'payment' OR cardinality($3::text[]) = 1)
              AND (a.iban IS NULL OR $3::text[] = ARRAY[a.iban])
              AND cardinality($3::text[]) = (
                SELECT count(*) FROM ${ELIGIBLE_ACCOUNTS} c
                 WHERE c.psu_id = p.id AND c.brand = p.brand AND c.iban = ANY ($3::text[])
              )
            ))
          RETURNING a.id
       )
       SELECT id FROM granted`,
      [
        id,
        psuId,
        ibans,
        state === undefined ? null : hashOf(new Secret(state)),
        expiresAt,
        this.settings.consentDays,
        code && hashOf(code),
        this.settings.lives.codeSeconds,
      ],
    );
    return granted.length === 1;
  }

  private end(id: string, status: 'refused' | 'failed'): Promise<boolean> {
    return this.dataSource.transaction(async (transaction) => {
      const ended = await transaction.query<{ id: string }[]>(
        `WITH ended AS (
           UPDATE bank.psu_authorization SET status = $2, decided_at = bank.now()
            WHERE id = $1 AND status = 'pending'
           RETURNING id
         )
         SELECT id FROM ended`,
        [id, status],
      );
      if (ended.length === 1) await this.payments.reject(id, transaction);
      return ended.length === 1;
    });
  }
}
