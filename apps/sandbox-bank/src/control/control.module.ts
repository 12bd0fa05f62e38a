import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { AssumptionsService } from './assumptions.service.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import { ClockService } from './clock.service.js';
import { ControlController } from './control.controller.js';
import { CustomersController } from './customers.controller.js';
import { CustomersService } from './customers.service.js';
import { FaultsController } from './faults.controller.js';
import { FaultsService } from './faults.service.js';
import { HealthController } from './health.controller.js';
import { LedgerService } from './ledger.service.js';
import { ControlFormsService } from './page/control-forms.service.js';
import { ControlPageController } from './page/control-page.controller.js';
import { ControlPageService } from './page/control-page.service.js';

@Module({
  imports: [ModelModule],
  controllers: [
    ControlController,
    ControlPageController,
    CustomersController,
    FaultsController,
    HealthController,
  ],
  providers: [
    AssumptionsService,
    AuthorizationDecisionService,
    ClockService,
    ControlFormsService,
    ControlPageService,
    CustomersService,
    FaultsService,
    LedgerService,
  ],
})
export class ControlModule {}
