import { Public, traceOf } from '@consent-hub/platform';
import { Body, Controller, Get, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import {
  CurrentVisit,
  InBackground,
  NeedsRole,
  type ConsoleVisit,
  type VisitedRequest,
} from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { EMPTY_OPENING, readOpening, readSentOpening } from './opening-form.js';
import { renderNoClient, renderOpening } from './opening.page.js';
import { SandboxOpeningService } from './sandbox-opening.service.js';
import { renderSandbox, renderSandboxNow } from './sandbox.page.js';
import { SandboxService } from './sandbox.service.js';

/** The newest consent and the faults, where the bank is the sandbox; opens consents for its customers. */
@ApiExcludeController()
@Public()
@Controller('console/sandbox')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class SandboxController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly sandbox: SandboxService,
    private readonly openings: SandboxOpeningService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderSandbox(this.context(visit), await this.sandbox.now(), done === 'open'));
  }

  /** The part of the page that changes. */
  @Get('now')
  @InBackground()
  async showNow(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderSandboxNow(this.context(visit), await this.sandbox.now()));
  }

  @Get('open')
  @NeedsRole('operator')
  async askWhom(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    const choices = await this.openings.choices();
    const context = this.context(visit);
    pageReply(
      reply,
      choices.clients.length === 0 ? renderNoClient(context) : renderOpening(context, choices, EMPTY_OPENING),
    );
  }

  @RouteConfig(TAKES_FORM)
  @Post('open')
  @NeedsRole('operator')
  async open(
    @CurrentVisit() visit: ConsoleVisit,
    @Body() form: Readonly<Record<string, unknown>> | null | undefined,
    @Req() request: VisitedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const choices = await this.openings.choices();
    const sent = readSentOpening(form);
    const read = readOpening(sent, choices);
    if ('faults' in read)
      return pageReply(reply, renderOpening(this.context(visit), choices, sent, read.faults), 400);
    const { session } = visit;
    await this.openings.open({ session, reason: read.reason }, read.wanted, traceOf(request));
    leadTo(reply, `${this.site.base}/console/sandbox?done=open`);
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
