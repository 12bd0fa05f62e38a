import { Public } from '@consent-hub/platform';
import { Body, Controller, Get, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, InBackground, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { renderAttentionAction, type AttentionActionName } from './attention-action.page.js';
import { AttentionActionsService } from './attention-actions.service.js';
import { readNoteForm, readNotedItem, usualSnooze } from './attention-form.js';
import { renderAttention } from './attention.page.js';
import { AttentionService } from './attention.service.js';
import { renderNextSteps } from './next-steps.js';

@ApiExcludeController()
@Public()
@Controller('console/attention')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class AttentionController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly attention: AttentionService,
    private readonly actions: AttentionActionsService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderAttention(this.context(visit), await this.attention.read(), done));
  }

  /** The part of the page that changes, for browsers that cannot keep a stream open. */
  @Get('now')
  @InBackground()
  async showNow(@Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderNextSteps(await this.attention.read()));
  }

  @Get('acknowledge')
  @NeedsRole('operator')
  confirmAcknowledge(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('acknowledge', visit, query, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('acknowledge')
  @NeedsRole('operator')
  acknowledge(
    @CurrentVisit() visit: ConsoleVisit,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.note('acknowledge', visit, body, reply);
  }

  @Get('snooze')
  @NeedsRole('operator')
  confirmSnooze(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('snooze', visit, query, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('snooze')
  @NeedsRole('operator')
  snooze(
    @CurrentVisit() visit: ConsoleVisit,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.note('snooze', visit, body, reply);
  }

  private async confirm(
    name: AttentionActionName,
    visit: ConsoleVisit,
    query: Record<string, unknown>,
    reply: FastifyReply,
  ): Promise<void> {
    const { cause, consentId } = readNotedItem(query);
    const item = await this.actions.find(cause, consentId);
    const empty = { reason: '', until: usualSnooze(new Date()), faults: new Map<string, string>() };
    pageReply(reply, renderAttentionAction(this.context(visit), { item, name, ...empty }));
  }

  private async note(
    name: AttentionActionName,
    visit: ConsoleVisit,
    body: unknown,
    reply: FastifyReply,
  ): Promise<void> {
    const { cause, consentId } = readNotedItem(body);
    const item = await this.actions.find(cause, consentId);
    const form = readNoteForm(body, name, new Date());
    if ('faults' in form)
      return pageReply(reply, renderAttentionAction(this.context(visit), { item, name, ...form }), 400);
    const { reason, snoozedUntil } = form;
    await this.actions.note({ session: visit.session, item, reason, snoozedUntil });
    void reply.code(303).header('location', `${this.site.base}/console/attention?done=${name}`).send();
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
