import { Public } from '@consent-hub/platform';
import { Controller, Get, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, InBackground, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { LIVE_SCRIPT } from '../frame/live-script.js';
import { pageReply } from '../frame/page-reply.js';
import { LIVE_TOPICS, LiveOverviewService } from './live-overview.service.js';
import { renderNow } from './now.js';
import { OverviewPlotsService } from './overview-plots.service.js';
import { renderOverview } from './overview.page.js';
import { HorizonService, OverviewService } from './overview.service.js';
import { isRange } from './steps.js';

@ApiExcludeController()
@Public()
@Controller('console')
@UseFilters(ConsoleFailureFilter)
export class OverviewController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly overview: OverviewService,
    private readonly horizons: HorizonService,
    private readonly plots: OverviewPlotsService,
    private readonly live: LiveOverviewService,
  ) {}

  @Get()
  @UseGuards(ConsoleGuard)
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Query('range') range: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [now, horizon, plots] = await Promise.all([
      this.overview.now(),
      this.horizons.read(),
      this.plots.read(isRange(range) ? range : '24h'),
    ]);
    pageReply(reply, renderOverview({ ...visit, base: this.site.base }, { now, horizon, plots }));
  }

  /** The part of the page that changes, for browsers that cannot keep a stream open. */
  @Get('now')
  @InBackground()
  @UseGuards(ConsoleGuard)
  async showNow(@Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderNow(await this.overview.now(), this.site.base));
  }

  @Get('live')
  @InBackground()
  @UseGuards(ConsoleGuard)
  follow(
    @CurrentVisit() { session }: ConsoleVisit,
    @Query('of') of: unknown,
    @Res() reply: FastifyReply,
  ): void {
    const topic = LIVE_TOPICS.find((one) => one === of) ?? 'overview';
    void reply
      .headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
      .send(this.live.follow(session.id, topic));
  }

  @Get('live.js')
  script(@Res() reply: FastifyReply): void {
    void reply
      .headers({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      })
      .send(LIVE_SCRIPT);
  }
}
