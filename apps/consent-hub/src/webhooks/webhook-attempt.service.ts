import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RetrySchedule, retryAfterSeconds } from './retry-schedule.js';
import { SafeHttpCaller, type CallOutcome } from './safe-http-caller.js';
import type { ClaimedDelivery, EndedAttempt } from './webhook-delivery.repository.js';
import type { PreparedDelivery } from './webhook-messages.service.js';
import { messageHeaders, type SignedMessage } from './webhook-signature.js';
import type { Receiver } from './webhook.repository.js';

const SECRET_UNUSABLE: CallOutcome = {
  status: null,
  error: 'secret_unusable',
  retryAfter: undefined,
  date: undefined,
};

/** Sends one message to a receiver, and returns the result. */
@Injectable()
export class WebhookAttemptService implements OnApplicationShutdown {
  constructor(
    private readonly http: SafeHttpCaller,
    private readonly schedule: RetrySchedule,
  ) {}

  /** Never rejects. */
  send({ url, secrets }: Receiver, message: SignedMessage): Promise<CallOutcome> {
    return this.http.post(url, messageHeaders(message, secrets), message.body);
  }

  /**
   * Attempts a delivery. Never rejects.
   *
   * @param heldMs how long ago it was claimed
   */
  async deliver({ claimed, receiver, body }: PreparedDelivery, heldMs: number): Promise<EndedAttempt> {
    if (body === null) return { ...claimed, result: 'skipped', seconds: null, status: null, error: null };
    if (receiver === null) return this.endOf(claimed, SECRET_UNUSABLE);
    // The clock is the database's: receivers refuse what is minutes away from theirs.
    const timestamp = Math.floor(claimed.claimedAtSeconds + heldMs / 1000);
    return this.endOf(claimed, await this.send(receiver, { id: claimed.eventId, timestamp, body }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private endOf(claimed: ClaimedDelivery, { status, error, ...answer }: CallOutcome): EndedAttempt {
    if (error === null) return { ...claimed, result: 'delivered', seconds: null, status, error };
    const asked = retryAfterSeconds(answer.retryAfter, answer.date, new Date());
    const seconds = this.schedule.secondsAfter(claimed.attempts, asked);
    return { ...claimed, result: seconds === null ? 'failed' : 'pending', seconds, status, error };
  }
}
