import { Module } from '@nestjs/common';
import { AccountBook } from './account-book.js';
import { AuthorizationBook } from './authorization-book.js';
import { BankClock } from './clock.js';
import { BankReset } from './bank-reset.js';
import { CallbackFaults } from './callback-faults.js';
import { FaultBook } from './fault-book.js';
import { Ledger } from './ledger.js';
import { LostAnswers } from './lost-answers.js';
import { PageKeys } from './page-keys.js';
import { PaymentBook } from './payment-book.js';
import { PsuBook } from './psu-book.js';
import { PsuDecisions } from './psu-decisions.js';
import { PsuPages } from './psu-pages.js';
import { ScaRenewal } from './sca-renewal.js';
import { SeenRequests } from './seen-requests.js';
import { TokenBook } from './token-book.js';
import { TppBook } from './tpp-book.js';
import { UnattendedCalls } from './unattended-calls.js';
import { Withdrawals } from './withdrawals.js';

const BOOKS = [
  AccountBook,
  AuthorizationBook,
  BankClock,
  BankReset,
  CallbackFaults,
  FaultBook,
  Ledger,
  LostAnswers,
  PageKeys,
  PaymentBook,
  PsuBook,
  PsuDecisions,
  PsuPages,
  ScaRenewal,
  SeenRequests,
  TokenBook,
  TppBook,
  UnattendedCalls,
  Withdrawals,
];

/** The bank's own model, where its features meet. Needs a DataSource and the BankTerms of the app. */
@Module({
  providers: BOOKS,
  exports: BOOKS,
})
export class BooksModule {}
