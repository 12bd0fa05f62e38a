import { Injectable } from '@nestjs/common';
import { newId } from '@consent-hub/platform';
import { DataSource, type EntityManager } from 'typeorm';
import type { Payment, PaymentOrder } from './payment.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const PAYMENT = `
  SELECT p.id, p.product, p.instruction, bank.payment_status(p) AS status, p.debtor_iban AS "debtorIban",
         coalesce(a.psu_id, a.bound_psu_id) AS "psuId"
    FROM bank.payment p JOIN bank.psu_authorization a ON a.id = p.authorization_id`;

/** Before its day, by the calendar of the bank. */
const IS_AHEAD = `> bank.today()`;

/**
 * The one writer of payments. Each step is taken from the state that it leaves, so that of a signature and a cancellation
 * at the same moment one happens.
 */
@Injectable()
export class PaymentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Enters a payment that waits for the decision on its authorization; nothing is paid before. */
  async receive(authorizationId: string, order: PaymentOrder, within: EntityManager): Promise<string> {
    const id = newId();
    await within.query(
      `INSERT INTO bank.payment (id, authorization_id, product, instruction, execution_date, debtor_iban, status_at)
       SELECT $1, id, $3, $4, $5, iban, bank.now() FROM bank.psu_authorization WHERE id = $2`,
      [
        id,
        authorizationId,
        order.product,
        JSON.stringify(order.instruction),
        order.instruction.executionDate ?? null,
      ],
    );
    return id;
  }

  /** The PSU has approved: it is executed at once, or on the day that it names. */
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
    if (signed.length !== 1) throw new Error('The authorization is of no payment that can be signed');
  }

  /** The PSU has not approved. Without a payment, nothing happens. */
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

  /**
   * The TPP takes a payment back that is not executed: one that waits for its day, or one that is not signed, whose link
   * then leads nowhere any more. False, and nothing has changed, when it is too late.
   */
  async cancel(id: string): Promise<boolean> {
    // The authorization first, as a decision does it: whichever of the two comes second finds it decided.
    return this.dataSource.transaction(async (transaction) => {
      await transaction.query(
        `UPDATE bank.psu_authorization a SET status = 'failed', decided_at = bank.now()
           FROM bank.payment p
          WHERE p.id = $1 AND a.id = p.authorization_id AND a.status = 'pending' AND a.expires_at > bank.now()`,
        [id],
      );
      const cancelled = await transaction.query<{ id: string }[]>(
        `WITH cancelled AS (
           UPDATE bank.payment p SET status = 'CANC', status_at = bank.now()
             FROM bank.psu_authorization a
            WHERE p.id = $1 AND a.id = p.authorization_id
              AND ((p.status = 'RCVD' AND a.status = 'failed') OR (p.status = 'PDNG' AND p.execution_date ${IS_AHEAD}))
           RETURNING p.id
         )
         SELECT id FROM cancelled`,
        [id],
      );
      return cancelled.length === 1;
    });
  }
}
