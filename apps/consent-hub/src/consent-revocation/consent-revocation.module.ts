import { Global, Module } from '@nestjs/common';
import { ConsentModule, ConsentWithdrawal } from '@consent-hub/consent';
import { ConsentRevocationController } from './consent-revocation.controller.js';
import { ConsentRevocationService } from './consent-revocation.service.js';

/** Global for its port alone: the person's pages end a consent by `ConsentWithdrawal`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [ConsentRevocationController],
  providers: [
    ConsentRevocationService,
    { provide: ConsentWithdrawal, useExisting: ConsentRevocationService },
  ],
  exports: [ConsentWithdrawal],
})
export class ConsentRevocationModule {}
