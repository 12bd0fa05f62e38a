import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import { APPROVERS } from '../consents/authorization.js';
import type { Payment, PaymentOrder } from './payment.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const PAYMENT = `
  SELECT p.id, p.product, p.instruction, bank.payment_status(p) AS status, p.debtor_iban AS "debtorIban", a.psu_id AS "psuId"
    FROM bank.payment p JOIN ${APPROVERS} a ON a.id = p.authorization_id`;

/** For the statements of authorizations, in SQL: the authorization of a payment. */
export const authorizationOfPayment = (id: string): string =>
  `(SELECT authorization_id FROM bank.payment WHERE id = ${id})`;

/** Before its day, by the bank's calendar. */
const IS_AHEAD = `> bank.today()`;

/**
 * The only writer of payments. Each step is a compare-and-set on the status, so that of a concurrent signature and
 * cancellation one happens.
 */
@Injectable()
export class PaymentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a payment that waits for the decision on its authorization; nothing is paid before. */
  async receive(
    authorizationId: string,
    { product, instruction }: PaymentOrder,
    debtorIban: string | null,
    within: EntityManager,
  ): Promise<string> {
    const id = newId();
    await within.query(
      `INSERT INTO bank.payment (id, authorization_id, product, instruction, execution_date, debtor_iban, status_at)
       VALUES ($1, $2, $3, $4, $5, $6, bank.now())`,
      [
        id,
        authorizationId,
        product,
        JSON.stringify(instruction),
        instruction.executionDate ?? null,
        debtorIban,
      ],
    );
    return id;
  }

  /** The PSU has approved: the payment is executed at once, or on its day. */
  async sign(authorizationId: string, debtorIban: string, within: EntityManager): Promise<void> {
    const signed = await within.query<{ id: string }[]>(
      `WITH signed AS (
         UPDATE bank.payment
            SET status = CASE WHEN execution_date ${IS_AHEAD} THEN 'PDNG' ELSE 'ACSC' END,
                debtor_iban = $2, status_at = bank.now()
          WHERE authorization_id = $1 AND status = 'RCVD'
         RETURNING id
       )
       SELECT id FROM signed`,
      [authorizationId, debtorIban],
    );
    if (signed.length !== 1) throw new Error('The authorization has no payment to sign');
  }

  /** The PSU has not approved. Has no effect without a payment. */
  async reject(authorizationId: string, within: EntityManager): Promise<void> {
    await within.query(
      `UPDATE bank.payment SET status = 'RJCT', status_at = bank.now()
        WHERE authorization_id = $1 AND status = 'RCVD'`,
      [authorizationId],
    );
  }

  /** Null when this TPP initiated no such payment of this product. */
  async find(tppId: string, product: string, id: string): Promise<Payment | null> {
    if (!UUID.test(id)) return null;
    const [found] = await this.dataSource.query<Payment[]>(
      `${PAYMENT} WHERE p.id = $1 AND p.product = $2 AND a.tpp_id = $3`,
      [id, product, tppId],
    );
    return found ?? null;
  }

  async findByAuthorization(authorizationId: string): Promise<Payment | null> {
    const [found] = await this.dataSource.query<Payment[]>(`${PAYMENT} WHERE a.id = $1`, [authorizationId]);
    return found ?? null;
  }

  /** Cancels a payment that waits for its day, or for a signature that is no longer possible. */
  async cancel(id: string, isUnsigned: boolean, within: EntityManager): Promise<boolean> {
    const cancelled = await within.query<{ id: string }[]>(
      `WITH cancelled AS (
         UPDATE bank.payment SET status = 'CANC', status_at = bank.now()
          WHERE id = $1 AND ((status = 'RCVD' AND $2::boolean) OR (status = 'PDNG' AND execution_date ${IS_AHEAD}))
         RETURNING id
       )
       SELECT id FROM cancelled`,
      [id, isUnsigned],
    );
    return cancelled.length === 1;
  }
}
