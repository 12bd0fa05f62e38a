import { Public } from '@consent-hub/platform';
import {
  Body,
  Controller,
  Get,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { notFound } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { readReason, textOf } from '../frame/form-values.js';
import { WebhookActionsService, type WantedWebhookAction } from './webhook-actions.service.js';
import { WebhookFactsService, type NamedWebhook } from './webhook-facts.service.js';
import {
  renderPlainAction,
  renderReplay,
  renderTestResult,
  renderWebhookSecret,
} from './webhook-form.pages.js';
import {
  faultsOfReplay,
  generationOf,
  PLAIN_ACTIONS,
  readSentReplay,
  toWantedReplay,
  type Form,
  type PlainAction,
} from './webhook-forms.js';

const isPlainAction = (text: string): text is PlainAction => Object.hasOwn(PLAIN_ACTIONS, text);

/** What people do about one webhook. */
@ApiExcludeController()
@Public()
@Controller('console/webhooks/:id')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class WebhookActionsController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly facts: WebhookFactsService,
    private readonly actions: WebhookActionsService,
  ) {}

  @Get('replay')
  @NeedsRole('operator')
  async askToReplay(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const named = await this.facts.get(id);
    pageReply(reply, renderReplay(this.context(visit), named, readSentReplay(query), new Map()));
  }

  @RouteConfig(TAKES_FORM)
  @Post('replay')
  @NeedsRole('operator')
  async replay(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const named = await this.facts.get(id);
    const sent = readSentReplay(form);
    const faults = faultsOfReplay(sent);
    if (faults.size > 0) return pageReply(reply, renderReplay(this.context(visit), named, sent, faults), 400);
    const wanted = { session: visit.session, webhook: named.webhook, reason: sent.reason.trim() };
    const count = await this.actions.replay(wanted, toWantedReplay(sent));
    leadTo(reply, `${this.site.base}/console/webhooks/${id}?done=replay&count=${count}`);
  }

  @Get(':action')
  @NeedsRole('operator')
  async ask(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('action') action: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isPlainAction(action)) throw notFound('page');
    pageReply(reply, renderPlainAction(this.context(visit), await this.facts.get(id), action));
  }

  @RouteConfig(TAKES_FORM)
  @Post(':action')
  @NeedsRole('operator')
  async act(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('action') action: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isPlainAction(action)) throw notFound('page');
    const named = await this.facts.get(id);
    const read = readReason(form?.['reason']);
    if ('fault' in read) {
      const sent = { reason: textOf(form?.['reason']), fault: read.fault };
      return pageReply(reply, renderPlainAction(this.context(visit), named, action, sent), 400);
    }
    const wanted = { session: visit.session, webhook: named.webhook, reason: read.reason };
    await this.perform(action, wanted, { form, named, visit, reply });
  }

  private async perform(
    action: PlainAction,
    wanted: WantedWebhookAction,
    {
      form,
      named,
      visit,
      reply,
    }: {
      readonly form: Form;
      readonly named: NamedWebhook;
      readonly visit: ConsoleVisit;
      readonly reply: FastifyReply;
    },
  ): Promise<void> {
    if (action === 'test') {
      const result = await this.actions.test(wanted);
      return pageReply(reply, renderTestResult(this.context(visit), named, result));
    }
    if (action === 'secret') {
      const secret = await this.actions.rotateSecret(wanted, generationOf(form));
      return pageReply(reply, renderWebhookSecret(this.context(visit), named, secret));
    }
    await this.actions.setState(wanted, action === 'enable' ? 'enabled' : 'disabled');
    leadTo(reply, `${this.site.base}/console/webhooks/${wanted.webhook.id}?done=${action}`);
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
