import { Public } from '@consent-hub/platform';
import { Body, Controller, Get, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { ClientActionsService } from './client-actions.service.js';
import { ClientFactsService } from './client-facts.service.js';
import { renderNewClient, renderNewKey } from './client-form.pages.js';
import { EMPTY_CLIENT, faultsOfClient, readSentClient, toWantedClient, type Form } from './client-forms.js';
import { CLIENT_VIEWS, renderClients, type ClientView } from './clients.page.js';

const isView = (text: unknown): text is ClientView =>
  typeof text === 'string' && Object.hasOwn(CLIENT_VIEWS, text);

/** All API clients, and new ones. */
@ApiExcludeController()
@Public()
@Controller('console/clients')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ClientsController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly facts: ClientFactsService,
    private readonly actions: ClientActionsService,
  ) {}

  @Get()
  async list(
    @CurrentVisit() visit: ConsoleVisit,
    @Query('show') show: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = isView(show) ? show : 'in_use';
    pageReply(reply, renderClients({ ...visit, base: this.site.base }, await this.facts.list(), view));
  }

  @Get('new')
  @NeedsRole('security')
  askForNew(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): void {
    pageReply(reply, renderNewClient({ ...visit, base: this.site.base }, EMPTY_CLIENT, new Map()));
  }

  @RouteConfig(TAKES_FORM)
  @Post('new')
  @NeedsRole('security')
  async create(
    @CurrentVisit() visit: ConsoleVisit,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = { ...visit, base: this.site.base };
    const sent = readSentClient(form);
    const faults = faultsOfClient(sent);
    if (faults.size > 0) return pageReply(reply, renderNewClient(context, sent, faults), 400);
    const by = { session: visit.session, reason: sent.reason.trim() };
    const made = await this.actions.create(by, toWantedClient(sent));
    pageReply(reply, renderNewKey(context, { id: made.clientId, name: sent.name }, made));
  }
}
