import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { FundsConfirmationService } from './funds-confirmation.service.js';
import { FundsConfirmationsController } from './funds-confirmations.controller.js';

@Module({
  imports: [ModelModule],
  controllers: [FundsConfirmationsController],
  providers: [FundsConfirmationService],
})
export class FundsConfirmationsModule {}
