import { Public } from '@consent-hub/platform';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { InstanceRunsService } from './instance-runs.service.js';
import { renderInstances } from './instances.page.js';

@ApiExcludeController()
@Public()
@Controller('console/instances')
@UseFilters(ConsoleFailureFilter)
@UseGuards(ConsoleGuard)
export class InstancesController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly instances: InstanceRunsService,
  ) {}

  @Get()
  async show(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    const runs = await this.instances.read();
    pageReply(reply, renderInstances({ ...visit, base: this.site.base }, runs));
  }
}
