import { Module } from '@nestjs/common';
import { BooksModule } from '../books/books.module.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import { ControlController } from './control.controller.js';
import { HealthController } from './health.controller.js';
import { LedgerService } from './ledger.service.js';
import { OverviewController } from './overview.controller.js';
import { OverviewService } from './overview.service.js';
import { PsuChoiceService } from './psu-choice.service.js';

@Module({
  imports: [BooksModule],
  controllers: [ControlController, HealthController, OverviewController],
  providers: [AuthorizationDecisionService, LedgerService, OverviewService, PsuChoiceService],
})
export class ControlModule {}
