import { Module } from '@nestjs/common';
import { AccountBook } from './accounts/account.repository.js';
import { AuthorizationBook } from './consents/authorization.repository.js';
import { BankClock } from './clock/clock.repository.js';
import { BankReset } from './reset/bank-reset.service.js';
import { CallbackFaults } from './consents/callback-faults.js';
import { FaultBook } from './faults/fault.repository.js';
import { Ledger } from './consents/ledger.repository.js';
import { LostAnswers } from './consents/lost-answers.js';
import { PageKeys } from './accounts/page-key.repository.js';
import { PaymentBook } from './payments/payment.repository.js';
import { PsuBook } from './accounts/psu.repository.js';
import { PsuDecisions } from './consents/psu-decision.service.js';
import { PsuPages } from './consents/psu-pages.service.js';
import { ScaRenewal } from './consents/sca-renewal.repository.js';
import { SeenRequests } from './tpps/seen-request.repository.js';
import { TokenBook } from './consents/token.repository.js';
import { TppBook } from './tpps/tpp.repository.js';
import { UnattendedCalls } from './tpps/unattended-call.repository.js';
import { Withdrawals } from './consents/withdrawal.repository.js';

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
