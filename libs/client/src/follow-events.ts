import { ConsentHubError } from './consent-hub-error.js';
import { pause } from './leaving.js';
import type { Transport } from './transport.js';
import type { EventSelection, HubEvent } from './wire.js';

interface EventPage {
  readonly items: readonly HubEvent[];
  readonly next_after: string;
}

export interface FollowOptions {
  readonly signal: AbortSignal | undefined;
  /** How long the hub holds a call that finds nothing. */
  readonly waitSeconds: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Page after page. An event that was handed out is not asked for again. */
export async function* followEvents(
  transport: Transport,
  { after, types, consentId }: EventSelection,
  { signal, waitSeconds }: FollowOptions,
): AsyncGenerator<HubEvent, never> {
  let place = after;
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    const query = { after: place, type: types, consent_id: consentId, wait_seconds: String(waitSeconds) };
    try {
      const { body } = await transport.send<EventPage>({ path: '/v1/events', query, signal });
      if (!Array.isArray(body.items) || typeof body.next_after !== 'string')
        throw new ConsentHubError('Not the hub’s answer: no events', {
          status: 200,
          code: 'unexpected_answer',
        });
      yield* body.items;
      place = body.next_after;
      waitMs = FIRST_WAIT_MS;
      // A hub that closes answers at once, and so does one that was not to wait.
      if (body.items.length === 0) await pause(FIRST_WAIT_MS, signal);
    } catch (error) {
      if (signal?.aborted || !isPassing(error)) throw error;
      await pause(
        Math.max(waitMs * (0.5 + Math.random() / 2), (error.retryAfterSeconds ?? 0) * 1000),
        signal,
      );
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    }
  }
}

/** The hub is away, or asks to come later. */
const isPassing = (error: unknown): error is ConsentHubError =>
  error instanceof ConsentHubError && (error.status === 0 || error.status === 429 || error.status >= 500);
