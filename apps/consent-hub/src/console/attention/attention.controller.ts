import { Public } from '@consent-hub/platform';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { OverviewService } from '../overview/overview.service.js';
import { renderAttention } from './attention.page.js';
import { AttentionService } from './attention.service.js';
import { hubCausesOf } from './hub-causes.js';

@ApiExcludeController()
@Public()
@Controller('console/attention')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class AttentionController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly attention: AttentionService,
    private readonly overview: OverviewService,
  ) {}

  @Get()
  async show(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    const [inbox, now] = await Promise.all([this.attention.read(), this.overview.now()]);
    pageReply(reply, renderAttention({ ...visit, base: this.site.base }, inbox, hubCausesOf(now)));
  }
}
