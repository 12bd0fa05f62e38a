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
import { leadTo, pageReply } from '../frame/page-reply.js';
import { renderAccountNumbers, renderConfirmation } from './consent-action.page.js';
import { ConsentActionsService } from './consent-actions.service.js';
import { readReason, type ConsentActionName } from './consent-actions.js';
import { ConsentDetailService } from './consent-detail.service.js';
import { renderConsent } from './consent.page.js';

type Form = { readonly reason?: unknown } | null | undefined;

/** One consent: what is known of it, and what people do about it. */
@ApiExcludeController()
@Public()
@Controller('console/consents/:id')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ConsentController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly details: ConsentDetailService,
    private readonly actions: ConsentActionsService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const detail = await this.details.read(id);
    pageReply(reply, renderConsent(this.context(visit), detail, typeof done === 'string' ? done : undefined));
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

  private async confirm(
    name: ConsentActionName,
    visit: ConsoleVisit,
    id: string,
    reply: FastifyReply,
  ): Promise<void> {
    const consent = await this.actions.get(id);
    pageReply(reply, renderConfirmation(this.context(visit), { consent, name }));
  }

  /** @returns null where the form was sent back */
  private async reasonOr(
    name: ConsentActionName,
    visit: ConsoleVisit,
    { id, body }: { readonly id: string; readonly body: unknown },
    reply: FastifyReply,
  ): Promise<string | null> {
    const given = (body as Form)?.reason;
    const read = readReason(given);
    if ('reason' in read) return read.reason;
    const sent = { reason: typeof given === 'string' ? given : '', fault: read.fault };
    const consent = await this.actions.get(id);
    pageReply(reply, renderConfirmation(this.context(visit), { consent, name, sent }), 400);
    return null;
  }

  private done(name: ConsentActionName, id: string, reply: FastifyReply): void {
    leadTo(reply, `${this.site.base}/console/consents/${id}?done=${name}`);
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
