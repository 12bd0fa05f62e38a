import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_TYPES } from '@consent-hub/consent';
import type { DevelopmentCertificates } from '@consent-hub/eidas';
import { Child } from './child.js';
import { HubLine } from './hub-line.js';
import { seedApiClient } from './seed.js';
import { median, type Bar } from './statistics.js';

const ROUNDS = 5;
const BACKLOG_ROUNDS = 3;
const CONSENTS = 100_000;
const A_SWEEP = 30_000;
const WEBHOOKS = 3;
const BACKLOG = 1_000_000;
/** Deliveries that wait at the beginning of a drain that is compared with that of the backlog. */
const A_FEW = 100_000;
const EVENTS_A_CONSENT = BACKLOG / CONSENTS;
const DRAIN_SECONDS = 20;
/** Events a second that deliveries have to keep up with, and how long. */
const PRODUCED = 1_000;
const PRODUCED_SECONDS = 20;
const API_KEY = `ch_${'e'.repeat(43)}`;
const POLL_MS = 200;

const BUT_REFRESHED = EVENT_TYPES.filter((type) => type !== 'consent.refreshed');

interface Webhook {
  readonly id: string;
}

/** What webhooks cost the refreshes, and how fast events reach a receiver. */
export async function eventsBench(certificates: DevelopmentCertificates): Promise<Bar[]> {
  const bank = await Child.start('./bank.program.ts', { certificates });
  const { port } = await bank.ask<{ port: number }>({});
  const receiver = await Child.start('./receiver.program.ts', {});
  const hub = await HubLine.start(CONSENTS, { port, certificates }, { WEBHOOK_ALLOW_PRIVATE: 'true' });
  // An admin: its webhooks get the events of all clients.
  const admin = { name: 'platform', permissions: ['events:read', 'admin'], key: API_KEY } as const;
  await seedApiClient(hub.database.client, admin);
  const line = new EventLine(hub, receiver);
  await line.subscribe(WEBHOOKS);
  const bars = [...(await sweepsWithWebhooks(line)), await keepingUp(line), ...(await withBacklog(line))];
  await hub.stop();
  await Promise.all([bank.stop(), receiver.stop()]);
  return bars;
}

/** A hub with webhooks, all of them at one receiver. */
class EventLine {
  private readonly webhooks: Webhook[] = [];
  private ids: readonly string[] = [];
  private written = 0;

  constructor(
    readonly hub: HubLine,
    private readonly receiver: Child,
  ) {}

  async subscribe(count: number): Promise<void> {
    const { url } = await this.receiver.ask<{ url: string }>({});
    for (let number = 1; number <= count; number++)
      this.webhooks.push(await this.call<Webhook>('POST', '', { url: `${url}/${number}` }));
  }

  /** So many webhooks want these events, the others nothing. What waits is forgotten. */
  async want(count: number, types: readonly string[]): Promise<void> {
    for (const [index, { id }] of this.webhooks.entries())
      await this.call('PATCH', `/${id}`, {
        event_types: types,
        state: index < count ? 'enabled' : 'disabled',
      });
    await this.query('TRUNCATE hub.webhook_delivery');
  }

  /** Whether the receiver leaves messages unanswered. */
  async hold(holds: boolean): Promise<void> {
    await this.receiver.ask({ holds });
  }

  async received(): Promise<number> {
    return (await this.receiver.ask<{ received: number }>({})).received;
  }

  /**
   * Writes an event into the timelines of so many consents: events of one consent wait for each other.
   *
   * @param from of which consent on; default: where the last call ended, so that each has its turn
   */
  async write(count: number, from?: number): Promise<void> {
    if (this.ids.length === 0)
      this.ids = (await this.query<{ id: string }>('SELECT id FROM hub.consent')).map(({ id }) => id);
    const start = from ?? this.written % this.ids.length;
    this.written += count;
    await this.query(
      `INSERT INTO hub.consent_event (consent_id, type, actor) SELECT id, 'grant_in_doubt', 'bench' FROM unnest($1::uuid[]) AS id`,
      [this.ids.slice(start, start + count)],
    );
  }

  /** Waits until deliveries are made of all that was written. */
  async made(): Promise<void> {
    for (;;) {
      const [row] = await this.query<{ is_done: boolean }>(
        `SELECT (SELECT position FROM hub.webhook_dispatch) >= (SELECT last_value FROM hub.event_position) AS is_done`,
      );
      if (row?.is_done) return;
      await delay(POLL_MS);
    }
  }

  /** Messages a second, while more are there than can be sent. */
  async drain(seconds: number): Promise<number> {
    await this.hold(false);
    // Connections are opened first.
    await delay(1_000);
    const [before, since] = [await this.received(), performance.now()];
    await delay(seconds * 1_000);
    const rate = ((await this.received()) - before) / ((performance.now() - since) / 1_000);
    await this.hold(true);
    return rate;
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.hub.database.client.query(text, [...values]);
    return rows as Row[];
  }

  private async call<T>(method: string, path: string, body: object): Promise<T> {
    const answer = await fetch(`${this.hub.url}/v1/webhooks${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

async function sweepsWithWebhooks(line: EventLine): Promise<Bar[]> {
  const rateWith = async (count: number, types: readonly string[]): Promise<number> => {
    await line.want(count, types);
    return (await line.hub.sweep(A_SWEEP)).perSecond;
  };
  await rateWith(0, BUT_REFRESHED);
  await rateWith(WEBHOOKS, EVENT_TYPES);
  const quiet: number[] = [];
  const all: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const none = await rateWith(0, BUT_REFRESHED);
    const without = await rateWith(WEBHOOKS, BUT_REFRESHED);
    const before = await line.received();
    const every = await rateWith(WEBHOOKS, EVENT_TYPES);
    const sent = (await line.received()) - before;
    quiet.push(without / none);
    all.push(every / none);
    console.log(
      `round ${round}: no webhook ${perSecond(none)}; ${WEBHOOKS} webhooks: all but consent.refreshed ${perSecond(without)}, ` +
        `all ${perSecond(every)}, ${sent} messages sent during it`,
    );
  }
  return [
    {
      title: `sweep, ${WEBHOOKS} webhooks but for consent.refreshed: of none`,
      ratio: median(quiet),
      floor: 0.97,
      aim: 1,
    },
    {
      title: `sweep, ${WEBHOOKS} webhooks for everything: of none`,
      ratio: median(all),
      floor: 0.7,
      aim: 0.85,
    },
  ];
}

/** Events come steadily; what has arrived when the last one is written, of all. */
async function keepingUp(line: EventLine): Promise<Bar> {
  await line.want(1, ['consent.in_doubt']);
  const [before, since] = [await line.received(), performance.now()];
  const step = PRODUCED / 4;
  for (let written = 0; written < PRODUCED * PRODUCED_SECONDS; written += step) {
    await line.write(step);
    await delay(Math.max(0, since + ((written + step) / PRODUCED) * 1_000 - performance.now()));
  }
  const [arrived, seconds] = [(await line.received()) - before, (performance.now() - since) / 1_000];
  console.log(
    `${PRODUCED * PRODUCED_SECONDS} events in ${seconds.toFixed(1)} s, ${arrived} arrived in that time`,
  );
  return {
    title: `events at ${PRODUCED}/s for ${PRODUCED_SECONDS} s: arrived by then`,
    ratio: arrived / (PRODUCED * PRODUCED_SECONDS),
    floor: 0.97,
    aim: 0.99,
  };
}

/** A receiver that answers nothing for long, and then everything. */
async function withBacklog(line: EventLine): Promise<Bar[]> {
  await line.hold(true);
  const sweeps = async (): Promise<number> => {
    const rates: number[] = [];
    for (let round = 0; round <= BACKLOG_ROUNDS; round++)
      rates.push((await line.hub.sweep(A_SWEEP)).perSecond);
    return median(rates.slice(1));
  };
  await line.want(1, ['consent.in_doubt']);
  // As many for each consent as in the backlog: the end of a delivery lets the next one of its consent go out.
  for (let event = 0; event < EVENTS_A_CONSENT; event++) await line.write(A_FEW / EVENTS_A_CONSENT, 0);
  await line.made();
  const few = { sweep: await sweeps(), drain: await line.drain(DRAIN_SECONDS) };
  await line.want(1, ['consent.in_doubt']);
  for (let written = 0; written < BACKLOG; written += CONSENTS) await line.write(CONSENTS);
  await line.made();
  await line.query('VACUUM ANALYZE hub.webhook_delivery, hub.consent_event');
  const many = { sweep: await sweeps(), drain: await line.drain(DRAIN_SECONDS) };
  console.log(
    `${A_FEW} deliveries wait: sweep ${perSecond(few.sweep)}, then drained at ${perSecond(few.drain)}; ` +
      `${BACKLOG} wait: sweep ${perSecond(many.sweep)}, drained at ${perSecond(many.drain)}`,
  );
  return [
    {
      title: 'sweep with 10^6 waiting deliveries: of few waiting deliveries',
      ratio: many.sweep / few.sweep,
      floor: 0.9,
      aim: 1,
    },
    {
      title: 'drain of 10^6 deliveries that wait: of few that wait',
      ratio: many.drain / few.drain,
      floor: 0.9,
      aim: 1,
    },
    { title: 'drain of 10^6 deliveries: thousands a second', ratio: many.drain / 1_000, floor: 1, aim: 2 },
  ];
}

const perSecond = (value: number): string => `${Math.round(value)}/s`;
