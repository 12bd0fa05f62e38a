import { Injectable } from '@nestjs/common';
import type { Brand, Language } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { centsToday, type StandingRow } from './account.repository.js';
import { caseOf, type CustomerCase, type CustomerFacts } from './customer-case.js';
import type { TestCustomer } from './customers-file.settings.js';

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
  /** Today's; decimal with two places. */
  readonly balance: string;
  /** May be opened to a TPP by this PSU: a payment account, not blocked, that this PSU may share. */
  readonly eligible: boolean;
}

interface HeldRow extends StandingRow, Omit<PsuAccount, 'balance'> {
  readonly today: string;
}

/** Whether an account may be opened to a TPP, and if not, why. */
export type AccountStanding = 'eligible' | 'blocked' | 'no_payment_account';

/** What the statements of other tables read of PSUs. */
export const PSUS = `(SELECT id, brand, name FROM bank.psu)`;
/** The accounts that each PSU may open to a TPP, for the statements of other tables. */
export const ELIGIBLE_ACCOUNTS = `(
  SELECT m.psu_id, c.brand, c.iban FROM bank.account_psu m JOIN bank.account c USING (iban)
   WHERE c.is_eligible AND m.is_enrolled)`;

/** The bank's customers and their accounts. */
@Injectable()
export class PsuRepository {
  constructor(private readonly dataSource: DataSource) {}

  listPsus(brand: Brand): Promise<Psu[]> {
    return this.dataSource.query<Psu[]>(
      `SELECT id, name, language FROM bank.psu WHERE brand = $1 ORDER BY position, id`,
      [brand],
    );
  }

  /** What each customer of a brand is good for, and in how many currencies that may be. */
  async casesOf(
    brand: Brand,
  ): Promise<ReadonlyMap<string, { readonly kind: CustomerCase; readonly currencies: number }>> {
    const rows = await this.dataSource.query<(CustomerFacts & { readonly id: string })[]>(
      `WITH held AS (
         SELECT m.psu_id, c.iban, c.currency, c.is_blocked, c.holder, c.is_eligible AND m.is_enrolled AS is_open
           FROM bank.account_psu m JOIN bank.account c USING (iban) WHERE c.brand = $1
       )
       SELECT p.id, count(h.iban)::int AS accounts, count(h.iban) FILTER (WHERE is_open)::int AS eligible,
              count(h.iban) FILTER (WHERE is_open AND EXISTS (
                SELECT FROM held o WHERE o.iban = h.iban AND o.psu_id <> h.psu_id AND o.is_open))::int AS shared,
              count(h.iban) FILTER (WHERE is_open AND h.holder <> p.name)::int AS "ofOthers",
              (SELECT count(DISTINCT currency)::int FROM (
                 SELECT currency FROM held WHERE psu_id = p.id AND is_open
                 UNION ALL
                 SELECT k.currency FROM bank.account_compartment k JOIN held USING (iban) WHERE psu_id = p.id AND is_open
               ) AS all_currencies) AS currencies,
              count(h.iban) FILTER (WHERE h.is_blocked)::int AS blocked
         FROM bank.psu p LEFT JOIN held h ON h.psu_id = p.id
        WHERE p.brand = $1
        GROUP BY p.id`,
      [brand],
    );
    return new Map(rows.map((row) => [row.id, { kind: caseOf(row), currencies: row.currencies }]));
  }

  async findPsu(brand: Brand, id: string): Promise<Psu | null> {
    const [found] = await this.dataSource.query<Psu[]>(
      `SELECT id, name, language FROM bank.psu WHERE brand = $1 AND id = $2`,
      [brand, id],
    );
    return found ?? null;
  }

  async accountsOf(brand: Brand, psuId: string): Promise<PsuAccount[]> {
    const rows = await this.dataSource.query<HeldRow[]>(
      `SELECT c.iban, c.label, c.holder, c.currency, c.activity, c.language, c.balance, bank.today()::text AS today,
              c.is_eligible AND m.is_enrolled AS eligible
         FROM bank.account_psu m JOIN bank.account c USING (iban)
        WHERE m.psu_id = $2 AND c.brand = $1
        ORDER BY m.position, c.iban`,
      [brand, psuId],
    );
    return rows.map((row) => {
      const { iban, label, holder, currency, eligible } = row;
      const balance = (centsToday(row, row.today) / 100).toFixed(2);
      return { iban, label, holder, currency, balance, eligible };
    });
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

  /** Inserts customers and their accounts; balances of accounts that exist do not change. */
  async enrol(customers: readonly TestCustomer[]): Promise<void> {
    const accounts = customers.flatMap(({ id, brand, name, language, accounts: held }) =>
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
        activity: account.activity ?? 'salary',
        language,
        is_enrolled: !account.isNotEnrolled,
        compartments: account.compartments ?? [],
      })),
    );
    const compartments = accounts.flatMap(({ iban, compartments: held }) =>
      held.map((each) => ({ iban, ...each })),
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
        `INSERT INTO bank.account AS known
           (iban, brand, kind, label, holder, currency, balance, is_blocked, activity, language)
         SELECT DISTINCT ON (iban) iban, brand, kind, label, holder, currency, balance, is_blocked, activity, language
           FROM json_to_recordset($1) AS c (iban text, brand text, kind text, label text, holder text, currency text,
                                            balance numeric, is_blocked boolean, activity text, language text)
          ORDER BY iban, language
         ON CONFLICT (iban) DO UPDATE SET activity = EXCLUDED.activity, language = EXCLUDED.language
          WHERE (known.activity, known.language) IS DISTINCT FROM (EXCLUDED.activity, EXCLUDED.language)`,
        [JSON.stringify(accounts)],
      );
      await transaction.query(
        `INSERT INTO bank.account_compartment (iban, currency, balance)
         SELECT iban, currency, balance FROM json_to_recordset($1) AS c (iban text, currency text, balance numeric)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(compartments)],
      );
      await transaction.query(
        `INSERT INTO bank.account_psu (psu_id, position, iban, is_enrolled)
         SELECT psu_id, position, iban, is_enrolled
           FROM json_to_recordset($1) AS c (psu_id text, position integer, iban text, is_enrolled boolean)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(accounts)],
      );
    });
  }
}
