import { DELIVERY_STATES, type DeliveryState } from '@consent-hub/consent';
import { Public } from '@consent-hub/platform';
import { Controller, Get, Param, ParseUUIDPipe, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleFailure } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { WebhookFactsService } from './webhook-facts.service.js';
import { messageOf } from './webhook-forms.js';
import { renderWebhook } from './webhook.page.js';
import { renderWebhooks, WEBHOOK_VIEWS, type WebhookView } from './webhooks.page.js';

const isView = (text: unknown): text is WebhookView =>
  typeof text === 'string' && Object.hasOwn(WEBHOOK_VIEWS, text);

const POSITION = /^[1-9]\d{0,17}$/;
const UNKNOWN_PLACE = new ConsoleFailure(
  400,
  'This page is not there',
  'The address of the page is cut off or changed. Begin with the first page of the webhook.',
);

/** @throws ConsoleFailure for what no page has given */
function placeOf(before: unknown): string | null {
  if (before === undefined) return null;
  if (typeof before === 'string' && POSITION.test(before)) return before;
  throw UNKNOWN_PLACE;
}

/** Webhooks of all API clients, and their deliveries. */
@ApiExcludeController()
@Public()
@Controller('console/webhooks')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ConsoleWebhooksController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly facts: WebhookFactsService,
  ) {}

  @Get()
  async list(
    @CurrentVisit() visit: ConsoleVisit,
    @Query('show') show: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = isView(show) ? show : 'all';
    pageReply(reply, renderWebhooks({ ...visit, base: this.site.base }, await this.facts.list(), view));
  }

  @Get(':id')
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const state: DeliveryState | null = DELIVERY_STATES.find((one) => one === query['state']) ?? null;
    const detail = await this.facts.read(id, state, placeOf(query['before']));
    const message = messageOf(query['done'], query['count'], detail.webhook);
    pageReply(reply, renderWebhook({ ...visit, base: this.site.base }, detail, { state, message }));
  }
}
