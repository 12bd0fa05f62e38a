import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { AccountAccessService } from './accounts/account-access.service.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { AccountsService } from './accounts/accounts.service.js';
import { ScaRequirementService } from './accounts/sca-requirement.service.js';
import { TransactionPagesService } from './accounts/transaction-pages.service.js';
import { TransactionsService } from './accounts/transactions.service.js';
import { ConsentUrisController } from './consent-uris/consent-uris.controller.js';
import { ConsentUrisService } from './consent-uris/consent-uris.service.js';
import { FundsConfirmationService } from './funds-confirmations/funds-confirmation.service.js';
import { FundsConfirmationsController } from './funds-confirmations/funds-confirmations.controller.js';
import { PaymentCheckService } from './payments/payment-check.service.js';
import { PaymentInitiationService } from './payments/payment-initiation.service.js';
import { PaymentResourceService } from './payments/payment-resource.service.js';
import { PaymentsController } from './payments/payments.controller.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';
import { TokenController } from './token/token.controller.js';
import { TokenService } from './token/token.service.js';

/** The endpoints of the machine API. */
@Module({
  imports: [ModelModule],
  controllers: [
    AccountsController,
    ConsentUrisController,
    FundsConfirmationsController,
    PaymentsController,
    TokenController,
  ],
  providers: [
    AccountAccessService,
    AccountsService,
    AuthorizationCodeGrant,
    ConsentUrisService,
    FundsConfirmationService,
    PaymentCheckService,
    PaymentInitiationService,
    PaymentResourceService,
    RefreshTokenGrant,
    ScaRequirementService,
    TokenService,
    TransactionPagesService,
    TransactionsService,
  ],
})
export class EndpointsModule {}
