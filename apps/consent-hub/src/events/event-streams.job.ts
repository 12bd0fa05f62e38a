import { Injectable } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { EventStreams } from './event-streams.service.js';

/** A comment goes out with every fifth run: every 15 seconds. */
const RUNS_A_BEAT = 5;

/** Checks open streams of events: whether their keys still open them, and that their connections stay alive. */
@Injectable()
export class EventStreamsJob extends RecurringJob {
  protected override readonly intervalMs = 3_000;
  private runCount = 0;

  constructor(private readonly streams: EventStreams) {
    super();
  }

  protected override async work(): Promise<void> {
    this.runCount = (this.runCount + 1) % RUNS_A_BEAT;
    if (this.runCount === 0) this.streams.beat();
    await this.streams.endRevoked();
  }
}
