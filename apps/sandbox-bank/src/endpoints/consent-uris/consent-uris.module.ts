import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { ConsentUrisController } from './consent-uris.controller.js';
import { ConsentUrisService } from './consent-uris.service.js';

@Module({
  imports: [ModelModule],
  controllers: [ConsentUrisController],
  providers: [ConsentUrisService],
})
export class ConsentUrisModule {}
