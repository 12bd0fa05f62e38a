import { Public, traceOf } from '@consent-hub/platform';
import {
  Body,
  Controller,
  Get,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, NeedsRole, type ConsoleVisit, type VisitedRequest } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { pageReply } from '../frame/page-reply.js';
import { renderAccountNumbers } from './consent-action.page.js';
import { ConsentActionPages } from './consent-action-pages.js';
import { ConsentActionsService } from './consent-actions.service.js';
import { ConsentDetailService } from './consent-detail.service.js';
import { renderConsent } from './consent.page.js';

/** One consent: what is known of it, and what people do about it. */
@ApiExcludeController()
@Public()
@Controller('console/consents/:id')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ConsentController extends ConsentActionPages {
  constructor(
    site: ConsoleSite,
    actions: ConsentActionsService,
    private readonly details: ConsentDetailService,
  ) {
    super(site, actions);
  }

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() { done, timeline }: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const shown = { done: typeof done === 'string' ? done : undefined, isFull: timeline === 'full' };
    pageReply(reply, renderConsent(this.context(visit), await this.details.read(id), shown));
  }

  @Get('timeline.json')
  async showTimeline(@Param('id', ParseUUIDPipe) id: string, @Res() reply: FastifyReply): Promise<void> {
    const { events } = await this.details.read(id);
    const items = events.map(({ previousHash, hash, at, ...event }) => ({
      ...event,
      at: at.toISOString(),
      previousHash: previousHash?.toString('hex') ?? null,
      hash: hash.toString('hex'),
    }));
    void reply
      .header('content-type', 'application/json; charset=utf-8')
      .send(`${JSON.stringify({ items }, null, 2)}\n`);
  }

  @Get('refresh')
  @NeedsRole('operator')
  confirmRefresh(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('refresh', visit, id, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('refresh')
  @NeedsRole('operator')
  async refresh(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Req() request: VisitedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reason = await this.reasonOr('refresh', visit, { id, body }, reply);
    if (reason === null) return;
    await this.actions.refresh({ session: visit.session, consentId: id, reason }, traceOf(request));
    this.done('refresh', id, reply);
  }

  @Get('revoke')
  @NeedsRole('operator')
  confirmRevoke(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('revoke', visit, id, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('revoke')
  @NeedsRole('operator')
  async revoke(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reason = await this.reasonOr('revoke', visit, { id, body }, reply);
    if (reason === null) return;
    await this.actions.revoke({ session: visit.session, consentId: id, reason });
    this.done('revoke', id, reply);
  }

  @Get('reveal')
  @NeedsRole('security')
  confirmReveal(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('reveal', visit, id, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('reveal')
  @NeedsRole('security')
  async reveal(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reason = await this.reasonOr('reveal', visit, { id, body }, reply);
    if (reason === null) return;
    const ibans = await this.actions.reveal({ session: visit.session, consentId: id, reason });
    pageReply(reply, renderAccountNumbers(this.context(visit), await this.actions.get(id), ibans));
  }
}
