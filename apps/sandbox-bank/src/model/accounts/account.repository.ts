import { Injectable } from '@nestjs/common';
import type { Brand } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import type { ActiveAccount } from '../transactions/account-month.context.js';
import { movedThisMonth } from '../transactions/transactions.js';

/** One currency of an account. */
export interface Compartment extends ActiveAccount {
  /** Today's. */
  readonly cents: number;
}

/** An account with its balances of today. */
export interface BankAccount {
  readonly iban: string;
  readonly label: string;
  readonly holder: string;
  readonly isBlocked: boolean;
  /** By the bank's clock and in its time zone. */
  readonly today: string;
  readonly main: Compartment;
  /** The further currencies; where there are any, the main one is the euro. */
  readonly others: readonly Compartment[];
}

/** A stored balance, and what its movements follow from. */
export interface StandingRow extends ActiveAccount {
  /** Decimal with two places, at the start of every month. */
  readonly balance: string;
}

interface AccountRow extends StandingRow, Pick<BankAccount, 'label' | 'holder' | 'isBlocked' | 'today'> {
  readonly compartments: readonly Pick<StandingRow, 'currency' | 'balance'>[];
}

/** The balance of an account today, in cents. */
export const centsToday = (row: StandingRow, today: string): number =>
  Math.round(Number(row.balance) * 100) + movedThisMonth(row, today);

/** Reads single accounts. */
@Injectable()
export class AccountRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when this brand has no such account. */
  async find(brand: Brand, iban: string): Promise<BankAccount | null> {
    const [row] = await this.dataSource.query<AccountRow[]>(
      `SELECT c.iban, c.label, c.holder, c.is_blocked AS "isBlocked", c.currency, c.activity, c.language, c.balance,
              bank.today()::text AS today, COALESCE((
                SELECT json_agg(json_build_object('currency', x.currency, 'balance', x.balance::text) ORDER BY x.currency)
                  FROM bank.account_compartment x WHERE x.iban = c.iban
              ), '[]') AS compartments
         FROM bank.account c WHERE c.brand = $1 AND c.iban = $2`,
      [brand, iban],
    );
    if (!row) return null;
    const { label, holder, isBlocked, today, compartments } = row;
    // A compartment in a foreign currency has few movements.
    const others = compartments.map((each): StandingRow => ({ ...row, activity: 'quiet', ...each }));
    const [main, ...rest] = [row, ...others].map((each) => compartmentOf(each, today));
    return main ? { iban, label, holder, isBlocked, today, main, others: rest } : null;
  }

  /** Whether the brand issued this logical-ID for any TPP and PSU. */
  async isLogicalIdOf(brand: Brand, logicalId: string): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ isOf: boolean }]>(
      `SELECT bank.is_logical_id_of($1, $2) AS "isOf"`,
      [brand, logicalId],
    );
    return row.isOf;
  }
}

const compartmentOf = (row: StandingRow, today: string): Compartment => {
  const { iban, currency, activity, language } = row;
  return { iban, currency, activity, language, cents: centsToday(row, today) };
};
