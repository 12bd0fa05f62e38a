import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SoleRun } from '@consent-hub/platform';
import { IdempotencyKeys } from './idempotency-keys.js';

const EVERY_MS = 600_000;

/** Forgets idempotency keys whose day is over. Any number of replicas may run it. */
@Injectable()
export class IdempotencyExpiryJob implements BeforeApplicationShutdown {
  private readonly runs = new SoleRun(IdempotencyExpiryJob.name, () => this.keys.forgetExpired());

  constructor(private readonly keys: IdempotencyKeys) {}

  @Interval(EVERY_MS)
  run(): Promise<void> {
    return this.runs.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.runs.stop();
  }
}
