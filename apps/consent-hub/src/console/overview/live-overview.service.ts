import { PassThrough, type Readable } from 'node:stream';
import { describeError } from '@consent-hub/platform';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { ConsoleSessionRepository } from '../access/console-session.repository.js';
import { ConsoleSite } from '../access/console-site.js';
import { AttentionService } from '../attention/attention.service.js';
import { renderNextSteps } from '../attention/next-steps.js';
import { renderNow } from './now.js';
import { OverviewService } from './overview.service.js';

const PUSH_MS = 2_000;
/** So often it is asked which of the sessions that follow last, all of them at once. */
const CHECK_MS = 15_000;
/** How many events of the overview a stream may have waiting: a browser that takes none is let go. */
const MOST_WAITING_BYTES = 256 * 1024;

/** What is followed; the names of the events. */
export const LIVE_TOPICS = ['overview', 'attention'] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

interface Follower {
  readonly sessionId: string;
  readonly topic: LiveTopic;
  readonly stream: PassThrough;
}

/** Tells everybody who follows the overview how the hub stands (Server-Sent Events): read and rendered once for all of them. */
@Injectable()
export class LiveOverviewService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LiveOverviewService.name);
  private readonly followers = new Set<Follower>();
  private timer: NodeJS.Timeout | null = null;
  private checkedAt = performance.now();
  private events = 0;

  constructor(
    private readonly overview: OverviewService,
    private readonly sessions: ConsoleSessionRepository,
    private readonly site: ConsoleSite,
    private readonly attention: AttentionService,
  ) {}

  /** A stream that begins with the figures of now. It ends with the session. */
  follow(sessionId: string, topic: LiveTopic = 'overview'): Readable {
    const follower = { sessionId, topic, stream: new PassThrough() };
    this.followers.add(follower);
    follower.stream.on('close', () => this.drop(follower));
    follower.stream.write('retry: 5000\n\n');
    this.timer ??= setInterval(() => void this.push([...this.followers]), PUSH_MS);
    void this.push([follower]);
    return follower.stream;
  }

  get followerCount(): number {
    return this.followers.size;
  }

  /** Streams have no end of their own, and would delay the closing of the server. */
  beforeApplicationShutdown(): void {
    for (const follower of this.followers) this.drop(follower);
  }

  private async push(to: readonly Follower[]): Promise<void> {
    try {
      await this.dropEnded();
      for (const topic of LIVE_TOPICS) {
        const followers = to.filter((follower) => follower.topic === topic);
        if (followers.length > 0) this.send(followers, await this.eventOf(topic));
      }
    } catch (error) {
      // The next push shows more; until then the page shows when its figures were read.
      this.logger.warn({ msg: 'overview not read', error: describeError(error) });
    }
  }

  private async eventOf(topic: LiveTopic): Promise<string> {
    const html =
      topic === 'overview'
        ? renderNow(await this.overview.now(), this.site.base)
        : renderNextSteps(await this.attention.read());
    return `id: ${++this.events}\nevent: ${topic}\ndata: ${JSON.stringify(html)}\n\n`;
  }

  private send(to: readonly Follower[], event: string): void {
    for (const follower of to) {
      if (follower.stream.writableLength > MOST_WAITING_BYTES) this.drop(follower);
      else if (this.followers.has(follower)) follower.stream.write(event);
    }
  }

  private async dropEnded(): Promise<void> {
    if (performance.now() - this.checkedAt < CHECK_MS) return;
    this.checkedAt = performance.now();
    const lasting = await this.sessions.lasting([
      ...new Set([...this.followers].map(({ sessionId }) => sessionId)),
    ]);
    for (const follower of this.followers) {
      if (lasting.has(follower.sessionId)) continue;
      follower.stream.write('event: over\ndata: session\n\n');
      this.drop(follower);
    }
  }

  private drop(follower: Follower): void {
    if (!this.followers.delete(follower)) return;
    follower.stream.end();
    if (this.followers.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
