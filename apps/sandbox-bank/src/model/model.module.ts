import { Module } from '@nestjs/common';
import { AccountRepository } from './accounts/account.repository.js';
import { PageKeyRepository } from './accounts/page-key.repository.js';
import { PsuRepository } from './accounts/psu.repository.js';
import { ClockRepository } from './clock/clock.repository.js';
import { AuthorizationRepository } from './consents/authorization.repository.js';
import { ConsentRepository } from './consents/consent.repository.js';
import { LedgerRepository } from './consents/ledger.repository.js';
import { PsuDecisionService } from './consents/psu-decision.service.js';
import { PsuPagesService } from './consents/psu-pages.service.js';
import { TokenRepository } from './consents/token.repository.js';
import { FaultRepository } from './faults/fault.repository.js';
import { PaymentRepository } from './payments/payment.repository.js';
import { BankResetService } from './bank-reset.service.js';
import { TppCallRepository } from './tpps/tpp-call.repository.js';
import { TppRepository } from './tpps/tpp.repository.js';

const PROVIDERS = [
  AccountRepository,
  AuthorizationRepository,
  BankResetService,
  ClockRepository,
  ConsentRepository,
  FaultRepository,
  LedgerRepository,
  PageKeyRepository,
  PaymentRepository,
  PsuDecisionService,
  PsuPagesService,
  PsuRepository,
  TokenRepository,
  TppCallRepository,
  TppRepository,
];

/** The bank's own model, where its features meet. Needs a DataSource and the BankSettings of the app. */
@Module({
  providers: PROVIDERS,
  exports: PROVIDERS,
})
export class ModelModule {}
