import { Body, Controller, Get, Param, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { PageBrand, Public } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { PAGE_LANGUAGES } from '../http-api/page-language.js';
import { TAKES_FORM } from '../http-api/form-body.js';
import { answer, onTo } from '../http-api/page-reply.js';
import { ConnectionsService } from './connections.service.js';
import { PsuPageFilter } from './psu-page.filter.js';
import { PsuPages } from './psu-pages.js';
import { PsuSessionRepository } from './psu-session.repository.js';
import { PsuSessionService } from './psu-session.service.js';
import { CurrentVisitor, PsuSessionGuard, type Visitor } from './psu-session.guard.js';

type Fields = Readonly<Record<string, unknown>>;

/** A parameter given once; otherwise nothing. */
const textIn = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** Pages to come back to with another language; nothing that leads elsewhere. */
const OWN_PAGE = /^\/my(?:\/(?:ended|(?:consents|renewals)\/[\da-f-]{36}(?:\/(?:stop|stopped|renew))?))?$/;

/** What a person sees of their consents. */
@ApiExcludeController()
@Public()
@Controller('my')
@UseGuards(PsuSessionGuard)
@UseFilters(PsuPageFilter)
export class MyPagesController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly pages: PsuPages,
    private readonly sessions: PsuSessionRepository,
    private readonly brand: PageBrand,
    private readonly opened: PsuSessionService,
  ) {}

  @Get()
  async list(
    @CurrentVisitor() visitor: Visitor,
    @Query() { q }: Fields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const list = await this.connections.list(visitor.person, textIn(q));
    return answer(reply, this.pages.list(visitor, list));
  }

  @Get('ended')
  async ended(
    @CurrentVisitor() visitor: Visitor,
    @Query() { q, after }: Fields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const list = await this.connections.ended(visitor.person, textIn(q), textIn(after));
    return answer(reply, this.pages.ended(visitor, list));
  }

  @Get('consents/:id')
  async detail(
    @CurrentVisitor() visitor: Visitor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const detail = await this.connections.detail(visitor.person, id);
    return answer(reply, this.pages.detail(visitor, detail));
  }

  /** The bank's callback has taken the return and leads here; what it says of it in the query is read from the consent. */
  @Get('returned')
  async returned(
    @CurrentVisitor() visitor: Visitor,
    @Query() { consent_id: id }: Fields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const returned = await this.connections.returned(visitor.person, textIn(id));
    return answer(reply, this.pages.returned(visitor, returned));
  }

  @Post('language')
  @RouteConfig(TAKES_FORM)
  async speak(
    @CurrentVisitor() { sessionId }: Visitor,
    @Body() { language, page }: Fields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const wanted = PAGE_LANGUAGES.find((known) => known === language);
    if (wanted) await this.sessions.setLanguage(sessionId, wanted);
    const back = textIn(page);
    return answer(reply, onTo(this.brand.base + (OWN_PAGE.test(back) ? back : '/my')));
  }

  @Post('sign-out')
  @RouteConfig(TAKES_FORM)
  async signOut(
    @CurrentVisitor() { sessionId }: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    await this.sessions.end(sessionId);
    const headers = { 'set-cookie': this.opened.cookie.clear() };
    return answer(reply, onTo(`${this.brand.base}/my/signed-out`, headers));
  }
}
