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
import type { ApiClientFacts, ApiKeyFacts } from '@consent-hub/consent';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { notFound } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { readReason, textOf } from '../frame/form-values.js';
import { ClientActionsService } from './client-actions.service.js';
import { ClientFactsService } from './client-facts.service.js';
import {
  FIRST_ROTATION,
  renderClientRevocation,
  renderKeyRevocation,
  renderLimit,
  renderNewKey,
  renderRotation,
} from './client-form.pages.js';
import {
  LIFETIMES,
  offered,
  OVERLAPS,
  RATE_LIMIT_FAULT,
  readRateLimit,
  USUAL_OVERLAP,
  type Form,
} from './client-forms.js';
import { renderClient } from './client.page.js';

/** One API client, and what people do about it and its keys. */
@ApiExcludeController()
@Public()
@Controller('console/clients/:id')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ClientController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly facts: ClientFactsService,
    private readonly actions: ClientActionsService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Query('done') done: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const detail = await this.facts.read(id);
    pageReply(reply, renderClient(this.context(visit), detail, typeof done === 'string' ? done : undefined));
  }

  @Get('rotate')
  @NeedsRole('security')
  async askForKey(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderRotation(this.context(visit), await this.facts.get(id), FIRST_ROTATION));
  }

  @RouteConfig(TAKES_FORM)
  @Post('rotate')
  @NeedsRole('security')
  async rotate(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.facts.get(id);
    const overlap = offered(OVERLAPS, form?.['overlap']) ?? USUAL_OVERLAP;
    const expires = offered(LIFETIMES, form?.['expires']) ?? 0;
    const read = readReason(form?.['reason']);
    if ('fault' in read) {
      const reason = { reason: textOf(form?.['reason']), fault: read.fault };
      return pageReply(reply, renderRotation(this.context(visit), client, { overlap, expires, reason }), 400);
    }
    const made = await this.actions.rotate({ session: visit.session, reason: read.reason }, id, {
      overlapSeconds: overlap,
      expiresInSeconds: expires === 0 ? null : expires,
      newestKeyId: textOf(form?.['newest']),
    });
    pageReply(reply, renderNewKey(this.context(visit), client, made));
  }

  @Get('limit')
  @NeedsRole('security')
  async askForLimit(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderLimit(this.context(visit), await this.facts.get(id)));
  }

  @RouteConfig(TAKES_FORM)
  @Post('limit')
  @NeedsRole('security')
  async limit(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.facts.get(id);
    const sent = textOf(form?.['rate_limit']).trim();
    const rateLimit = readRateLimit(sent);
    const read = readReason(form?.['reason']);
    if ('fault' in read || rateLimit === undefined) {
      const page = renderLimit(this.context(visit), client, {
        rateLimit: sent,
        fault: rateLimit === undefined ? RATE_LIMIT_FAULT : undefined,
        reason: {
          reason: textOf(form?.['reason']),
          fault: 'fault' in read ? read.fault : undefined,
        },
      });
      return pageReply(reply, page, 400);
    }
    await this.actions.limit({ session: visit.session, reason: read.reason }, id, rateLimit);
    leadTo(reply, `${this.site.base}/console/clients/${id}?done=limit`);
  }

  @Get('keys/:keyId/revoke')
  @NeedsRole('security')
  async askToRevokeKey(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('keyId', ParseUUIDPipe) keyId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.facts.get(id);
    pageReply(reply, renderKeyRevocation(this.context(visit), client, keyOf(client, keyId)));
  }

  @RouteConfig(TAKES_FORM)
  @Post('keys/:keyId/revoke')
  @NeedsRole('security')
  async revokeKey(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('keyId', ParseUUIDPipe) keyId: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const read = readReason(form?.['reason']);
    if ('fault' in read) {
      const client = await this.facts.get(id);
      const sent = { reason: textOf(form?.['reason']), fault: read.fault };
      const page = renderKeyRevocation(this.context(visit), client, keyOf(client, keyId), sent);
      return pageReply(reply, page, 400);
    }
    await this.actions.revokeKey({ session: visit.session, reason: read.reason }, id, keyId);
    leadTo(reply, `${this.site.base}/console/clients/${id}?done=revoke_key`);
  }

  @Get('revoke')
  @NeedsRole('security')
  async askToRevoke(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderClientRevocation(this.context(visit), await this.facts.get(id)));
  }

  @RouteConfig(TAKES_FORM)
  @Post('revoke')
  @NeedsRole('security')
  async revoke(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.facts.get(id);
    const read = readReason(form?.['reason']);
    if ('fault' in read) {
      const sent = { reason: textOf(form?.['reason']), fault: read.fault };
      return pageReply(reply, renderClientRevocation(this.context(visit), client, sent), 400);
    }
    await this.actions.revoke({ session: visit.session, reason: read.reason }, id);
    leadTo(reply, `${this.site.base}/console/clients/${id}?done=revoke`);
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}

/** @throws ConsoleFailure where the client has no such key */
function keyOf({ keys }: ApiClientFacts, id: string): ApiKeyFacts {
  const key = keys.find((one) => one.id === id);
  if (!key) throw notFound('key');
  return key;
}
