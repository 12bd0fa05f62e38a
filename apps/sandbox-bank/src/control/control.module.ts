import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import {
  ControlController,
  CustomersController,
  FaultsController,
  OutcomesController,
} from './control.controller.js';
import { ControlService } from './control.service.js';
import { CustomersService } from './customers.service.js';
import { FaultsService } from './faults.service.js';
import { HealthController } from './health.controller.js';
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
    OutcomesController,
    HealthController,
  ],
  providers: [
    AuthorizationDecisionService,
    ControlFormsService,
    ControlPageService,
    ControlService,
    CustomersService,
    FaultsService,
  ],
})
export class ControlModule {}
