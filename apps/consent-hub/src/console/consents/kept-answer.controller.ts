import { Public } from '@consent-hub/platform';
import {
  Body,
  Controller,
  Get,
  Param,
  ParseUUIDPipe,
  Post,
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
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { ConsentActionPages } from './consent-action-pages.js';
import { ConsentActionsService } from './consent-actions.service.js';
import { KeptAnswerService } from './kept-answer.service.js';

/** What people do about an answer of the bank that is kept and cannot be read. */
@ApiExcludeController()
@Public()
@Controller('console/consents/:id')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class KeptAnswerController extends ConsentActionPages {
  constructor(
    site: ConsoleSite,
    actions: ConsentActionsService,
    private readonly answers: KeptAnswerService,
  ) {
    super(site, actions);
  }

  @Get('reread')
  @NeedsRole('operator')
  confirmReread(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('reread', visit, id, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('reread')
  @NeedsRole('operator')
  async reread(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reason = await this.reasonOr('reread', visit, { id, body }, reply);
    if (reason === null) return;
    await this.answers.reread({ session: visit.session, consentId: id, reason });
    this.done('reread', id, reply);
  }

  @Get('resolve')
  @NeedsRole('operator')
  confirmResolve(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.confirm('resolve', visit, id, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post('resolve')
  @NeedsRole('operator')
  async resolve(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reason = await this.reasonOr('resolve', visit, { id, body }, reply);
    if (reason === null) return;
    await this.answers.resolve({ session: visit.session, consentId: id, reason });
    this.done('resolve', id, reply);
  }
}
