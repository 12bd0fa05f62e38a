import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ErasureController } from './erasure.controller.js';
import { ErasureService } from './erasure.service.js';

@Module({
  imports: [ConsentModule],
  controllers: [ErasureController],
  providers: [ErasureService],
})
export class ErasureModule {}
