import { EVENTS_BETWEEN } from '@consent-hub/consent';
import { EventReceiver, type Arrival } from '../support/chaos/event-receiver.js';
import { figure, report } from '../support/chaos/figures.js';
import { KillStorm } from '../support/chaos/kills.js';
import { Chance } from '../support/chaos/random.js';
import { TOLERANT_BREAKER } from '../support/chaos/scenario.js';
import { ChaosStack } from '../support/chaos/stack.js';
import { until } from '../stack/local-stack.js';

/** The lease of a killed hub has to end, a minute after the last kill. */
const WITHIN_MS = figure(240_000, 45 * 60_000);
jest.setTimeout(WITHIN_MS);

const TYPES = ['consent.refreshed', 'consent.in_doubt', 'consent.failed', 'consent.recovered'];
/** As many retries as a receiver that answers by chance may need. */
const OFTEN = Array<string>(30).fill('1').join(',');

interface Committed {
  readonly id: string;
  readonly consent: string;
}

describe('a webhook whose hubs are killed and whose receiver answers by chance', () => {
  let stack: ChaosStack;
  let receiver: EventReceiver;
  const chance = new Chance();
  beforeAll(async () => {
    receiver = await EventReceiver.start(chance);
    stack = await ChaosStack.start({
      replicas: 2,
      hubEnv: {
        ...TOLERANT_BREAKER,
        REFRESH_CONCURRENCY: '4',
        BANK_TOKEN_TIMEOUT_MS: '20000',
        WEBHOOK_ALLOW_PRIVATE: 'true',
        WEBHOOK_RETRY_SECONDS: OFTEN,
      },
    });
  });
  afterAll(async () => {
    await stack.close();
    await receiver.close();
  });

  const lastPosition = async (): Promise<string> => {
    const [row] = await stack.hubDatabase.query<{ last: string }>(
      `SELECT last_value::text AS last FROM hub.event_position`,
    );
    return row?.last ?? '0';
  };

  it('gets every committed change, signed, in order for each consent, and none that was not', async () => {
    const consents = await stack.given(figure(100, 2_000));
    const { status, body } = await stack
      .hub(0)
      .call<{ secret: string }>('POST', '/v1/webhooks', { url: receiver.url, event_types: TYPES });
    expect(status).toBe(201);
    receiver.secret = body.secret;
    const start = await lastPosition();
    const storm = new KillStorm(stack.hubs, chance, figure(2, 100));
    const sweep = stack.keepDue(consents);
    await storm.run();
    await sweep.end();
    await stack.settles(consents, figure(100_000, 300_000));

    const committed = await stack.hubDatabase.query<Committed>(
      `SELECT event_id AS id, consent_id AS consent FROM ${EVENTS_BETWEEN('$1::bigint', '$2::bigint')} event
        WHERE event_type = ANY ($3::text[]) ORDER BY position`,
      [start, await lastPosition(), TYPES],
    );
    await until(
      'every change is delivered',
      () => committed.every(({ id }) => receiver.accepted.has(id)),
      figure(120_000, 600_000),
    );
    report('events through kill -9', {
      seed: chance.seed,
      kills: storm.kills,
      events: committed.length,
      messages: receiver.arrivals.length,
    });
    expect(committed.length).toBeGreaterThan(consents.length);
    expect(receiver.unverified).toBe(0);
    expect(outOfOrder(committed, receiver.arrivals)).toEqual([]);
    const known = new Set(committed.map(({ id }) => id));
    expect(receiver.arrivals.filter(({ id }) => !known.has(id))).toEqual([]);
    const [left] = await stack.hubDatabase.query<{ failed: number }>(
      `SELECT count(*)::int AS failed FROM hub.webhook_delivery WHERE state = 'failed'`,
    );
    expect(left?.failed).toBe(0);
  });
});

/** Arrivals before which an earlier event of the same consent had not been accepted. */
function outOfOrder(committed: readonly Committed[], arrivals: readonly Arrival[]): Arrival[] {
  const places = new Map<string, { readonly consent: string; readonly place: number }>();
  const counts = new Map<string, number>();
  for (const { id, consent } of committed) {
    const place = counts.get(consent) ?? 0;
    places.set(id, { consent, place });
    counts.set(consent, place + 1);
  }
  const reached = new Map<string, number>();
  return arrivals.filter(({ id, kind }) => {
    const at = places.get(id);
    if (!at) return false;
    const next = reached.get(at.consent) ?? 0;
    if (kind === 'accepted') reached.set(at.consent, Math.max(next, at.place + 1));
    return at.place > next;
  });
}
