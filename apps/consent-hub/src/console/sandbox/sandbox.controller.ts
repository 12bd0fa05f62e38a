import { Public } from '@consent-hub/platform';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, InBackground, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { renderSandbox, renderSandboxNow } from './sandbox.page.js';
import { SandboxService } from './sandbox.service.js';

/** The newest consent and the faults, where the bank is the sandbox. */
@ApiExcludeController()
@Public()
@Controller('console/sandbox')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class SandboxController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly sandbox: SandboxService,
  ) {}

  @Get()
  async show(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderSandbox({ ...visit, base: this.site.base }, await this.sandbox.now()));
  }

  /** The part of the page that changes. */
  @Get('now')
  @InBackground()
  async showNow(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderSandboxNow({ ...visit, base: this.site.base }, await this.sandbox.now()));
  }
}
