import { Injectable } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { IdempotencyKeyRepository } from './idempotency-key.repository.js';

/** Deletes idempotency keys whose day has passed. Any number of replicas may run it. */
@Injectable()
export class IdempotencyExpiryJob extends RecurringJob {
  protected readonly intervalMs = 600_000;

  constructor(private readonly keys: IdempotencyKeyRepository) {
    super();
  }

  protected override work(): Promise<void> {
    return this.keys.forgetExpired();
  }
}
