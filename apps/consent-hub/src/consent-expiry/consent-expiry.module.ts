import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentExpiryJob } from './consent-expiry.job.js';

@Module({ imports: [ConsentModule], providers: [ConsentExpiryJob] })
export class ConsentExpiryModule {}
