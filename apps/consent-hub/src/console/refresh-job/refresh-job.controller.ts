import { Public } from '@consent-hub/platform';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { renderRefreshJob } from './refresh-job.page.js';
import { RefreshJobService } from './refresh-job.service.js';

@ApiExcludeController()
@Public()
@Controller('console/refreshes')
@UseFilters(ConsoleFailureFilter)
@UseGuards(ConsoleGuard)
export class RefreshJobController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly job: RefreshJobService,
  ) {}

  @Get()
  async show(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderRefreshJob({ ...visit, base: this.site.base }, await this.job.read()));
  }
}
