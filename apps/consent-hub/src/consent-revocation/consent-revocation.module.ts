import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentRevocationController } from './consent-revocation.controller.js';
import { ConsentRevocationService } from './consent-revocation.service.js';

@Module({
  imports: [ConsentModule],
  controllers: [ConsentRevocationController],
  providers: [ConsentRevocationService],
})
export class ConsentRevocationModule {}
