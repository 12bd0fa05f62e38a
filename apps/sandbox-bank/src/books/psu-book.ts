import { Injectable } from '@nestjs/common';
import type { Brand, Language } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import type { TestCustomer } from './test-customers.js';

/** A test customer of the bank. */
export interface Psu {
  readonly id: string;
  readonly name: string;
  readonly language: Language;
}

export interface PsuAccount {
  readonly iban: string;
  readonly label: string;
  readonly holder: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Decimal with two places. */
  readonly balance: string;
  /** May be opened to a TPP: a payment account, not blocked. */
  readonly eligible: boolean;
}

/** Whether an account may be opened to a TPP, and if not, why. */
export type AccountStanding = 'eligible' | 'blocked' | 'no_payment_account';

/** Who the bank's customers are, and what they hold with it. */
@Injectable()
export class PsuBook {
  constructor(private readonly dataSource: DataSource) {}

  listPsus(brand: Brand): Promise<Psu[]> {
    return this.dataSource.query<Psu[]>(
      `SELECT id, name, language FROM bank.psu WHERE brand = $1 ORDER BY position, id`,
      [brand],
    );
  }

  async findPsu(brand: Brand, id: string): Promise<Psu | null> {
    const [found] = await this.dataSource.query<Psu[]>(
      `SELECT id, name, language FROM bank.psu WHERE brand = $1 AND id = $2`,
      [brand, id],
    );
    return found ?? null;
  }

  accountsOf(brand: Brand, psuId: string): Promise<PsuAccount[]> {
    return this.dataSource.query<PsuAccount[]>(
      `SELECT c.iban, c.label, c.holder, c.currency, c.balance, c.is_eligible AS eligible
         FROM bank.account_psu m JOIN bank.account c USING (iban)
        WHERE m.psu_id = $2 AND c.brand = $1
        ORDER BY m.position, c.iban`,
      [brand, psuId],
    );
  }

  /** Null when this brand has no such account. */
  async findStanding(brand: Brand, iban: string): Promise<AccountStanding | null> {
    const [found] = await this.dataSource.query<{ standing: AccountStanding }[]>(
      `SELECT CASE WHEN is_eligible THEN 'eligible' WHEN is_blocked THEN 'blocked' ELSE 'no_payment_account' END AS standing
         FROM bank.account WHERE brand = $1 AND iban = $2`,
      [brand, iban],
    );
    return found?.standing ?? null;
  }

  /** Enters customers and their accounts; those that are there already stay as they are. */
  async enrol(customers: readonly TestCustomer[]): Promise<void> {
    const accounts = customers.flatMap(({ id, brand, name, accounts: held }) =>
      held.map((account, position) => ({
        psu_id: id,
        position,
        brand,
        iban: account.iban,
        kind: account.isSavings ? 'savings' : 'payment',
        label: account.label,
        holder: account.holder ?? name,
        currency: account.currency ?? 'EUR',
        balance: account.balance,
        is_blocked: account.isBlocked ?? false,
      })),
    );
    await this.dataSource.transaction(async (transaction) => {
      await transaction.query(
        `INSERT INTO bank.psu (id, brand, position, name, language)
         SELECT id, brand, position, name, language
           FROM json_to_recordset($1) AS c (id text, brand text, position integer, name text, language text)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(customers.map((customer, position) => ({ ...customer, position })))],
      );
      await transaction.query(
        `INSERT INTO bank.account (iban, brand, kind, label, holder, currency, balance, is_blocked)
         SELECT iban, brand, kind, label, holder, currency, balance, is_blocked
           FROM json_to_recordset($1) AS c (iban text, brand text, kind text, label text, holder text, currency text,
                                            balance numeric, is_blocked boolean)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(accounts)],
      );
      await transaction.query(
        `INSERT INTO bank.account_psu (psu_id, position, iban)
         SELECT psu_id, position, iban FROM json_to_recordset($1) AS c (psu_id text, position integer, iban text)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(accounts)],
      );
    });
  }
}
