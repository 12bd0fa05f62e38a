import { Injectable } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { IdempotencyKeys } from './idempotency-keys.js';

/** Forgets idempotency keys whose day is over. Any number of replicas may run it. */
@Injectable()
export class IdempotencyExpiryJob extends RecurringJob {
  protected readonly intervalMs = 600_000;

  constructor(private readonly keys: IdempotencyKeys) {
    super();
  }

  protected override work(): Promise<void> {
    return this.keys.forgetExpired();
  }
}
