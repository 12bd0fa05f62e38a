import { Module } from '@nestjs/common';
import { AccountRepository } from './accounts/account.repository.js';
import { AuthorizationRepository } from './consents/authorization.repository.js';
import { ClockRepository } from './clock/clock.repository.js';
import { BankResetService } from './reset/bank-reset.service.js';
import { CallbackFaults } from './consents/callback-faults.js';
import { FaultRepository } from './faults/fault.repository.js';
import { LedgerRepository } from './consents/ledger.repository.js';
import { LostAnswers } from './consents/lost-answers.js';
import { PageKeyRepository } from './accounts/page-key.repository.js';
import { PaymentRepository } from './payments/payment.repository.js';
import { PsuRepository } from './accounts/psu.repository.js';
import { PsuDecisionService } from './consents/psu-decision.service.js';
import { PsuPagesService } from './consents/psu-pages.service.js';
import { ScaRenewalRepository } from './consents/sca-renewal.repository.js';
import { SeenRequestRepository } from './tpps/seen-request.repository.js';
import { TokenRepository } from './consents/token.repository.js';
import { TppRepository } from './tpps/tpp.repository.js';
import { UnattendedCallRepository } from './tpps/unattended-call.repository.js';
import { WithdrawalRepository } from './consents/withdrawal.repository.js';

const PROVIDERS = [
  AccountRepository,
  AuthorizationRepository,
  ClockRepository,
  BankResetService,
  CallbackFaults,
  FaultRepository,
  LedgerRepository,
  LostAnswers,
  PageKeyRepository,
  PaymentRepository,
  PsuRepository,
  PsuDecisionService,
  PsuPagesService,
  ScaRenewalRepository,
  SeenRequestRepository,
  TokenRepository,
  TppRepository,
  UnattendedCallRepository,
  WithdrawalRepository,
];

/** The bank's own model, where its features meet. Needs a DataSource and the BankSettings of the app. */
@Module({
  providers: PROVIDERS,
  exports: PROVIDERS,
})
export class ModelModule {}
