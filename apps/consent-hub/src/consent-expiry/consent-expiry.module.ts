import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentExpiryJob } from './consent-expiry.job.js';
import { ConsentRetentionJob } from './consent-retention.job.js';

@Module({ imports: [ConsentModule], providers: [ConsentExpiryJob, ConsentRetentionJob] })
export class ConsentExpiryModule {}
