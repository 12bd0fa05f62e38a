import { Controller, Get, Param, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { isLive } from '@consent-hub/consent';
import { CurrentTrace, PageBrand, Public, type RequestTrace } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { ConnectionsService } from './connections.service.js';
import { TAKES_FORM } from '../http-api/form-body.js';
import { answer, onTo } from '../http-api/page-reply.js';
import { PageRefusal } from './page-refusal.js';
import { PsuPageFilter } from './psu-page.filter.js';
import { PsuPages } from './psu-pages.js';
import { CurrentVisitor, PsuSessionGuard, type Visitor } from './psu-session.guard.js';
import { SharingService } from './sharing.service.js';

/** Where a person stops and renews what they share. */
@ApiExcludeController()
@Public()
@Controller('my')
@UseGuards(PsuSessionGuard)
@UseFilters(PsuPageFilter)
export class MySharingController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly sharing: SharingService,
    private readonly pages: PsuPages,
    private readonly brand: PageBrand,
  ) {}

  @Get('consents/:id/stop')
  async askToStop(
    @CurrentVisitor() visitor: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const consent = await this.connections.get(visitor.person, id);
    if (!isLive(consent.state)) throw new PageRefusal('not_stoppable');
    return answer(reply, this.pages.stop(visitor, consent));
  }

  @Post('consents/:id/stop')
  @RouteConfig(TAKES_FORM)
  async stop(
    @CurrentVisitor() { person }: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    await this.sharing.stop(person, id);
    return answer(reply, onTo(`${this.brand.base}/my/consents/${id}/stopped`));
  }

  @Get('consents/:id/stopped')
  async stopped(
    @CurrentVisitor() visitor: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const consent = await this.connections.get(visitor.person, id);
    if (consent.state !== 'revoked') return answer(reply, onTo(`${this.brand.base}/my/consents/${id}`));
    return answer(reply, this.pages.stopped(visitor, consent));
  }

  @Get('consents/:id/renew')
  async askToRenew(
    @CurrentVisitor() visitor: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const consent = await this.sharing.getRenewable(visitor.person, id);
    return answer(reply, this.pages.renew(visitor, consent));
  }

  @Post('consents/:id/renew')
  @RouteConfig(TAKES_FORM)
  async renew(
    @CurrentVisitor() { person, language }: Visitor,
    @Param('id') id: string,
    @CurrentTrace() trace: RequestTrace,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const renewal = await this.sharing.renew(person, id, language, trace);
    return answer(reply, onTo(`${this.brand.base}/my/renewals/${renewal}`));
  }

  /** Leads on to the bank, while the link waits. */
  @Get('renewals/:id')
  async goOn(
    @CurrentVisitor() visitor: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const consent = await this.connections.get(visitor.person, id);
    if (consent.state !== 'initiated')
      return answer(reply, onTo(`${this.brand.base}/my/returned?consent_id=${id}`));
    return answer(reply, this.pages.goingOn(visitor, consent));
  }
}
