import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { PaymentCheckService } from './payment-check.service.js';
import { PaymentInitiationService } from './payment-initiation.service.js';
import { PaymentResourceService } from './payment-resource.service.js';
import { PaymentsController } from './payments.controller.js';

@Module({
  imports: [ModelModule],
  controllers: [PaymentsController],
  providers: [PaymentCheckService, PaymentInitiationService, PaymentResourceService],
})
export class PaymentsModule {}
