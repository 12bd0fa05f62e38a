import { Controller, Get, Headers, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { PageBrand, Public } from '@consent-hub/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { preferredLanguage } from '../http-api/page-language.js';
import { TAKES_FORM } from '../http-api/form-body.js';
import { answer, onTo } from '../http-api/page-reply.js';
import { PageRefusal } from './page-refusal.js';
import { PsuPageFilter } from './psu-page.filter.js';
import { PsuPages } from './psu-pages.js';
import { PsuSessionService } from './psu-session.service.js';

/** Where links lead, and what is shown without a session. */
@ApiExcludeController()
@Public()
@Controller('my')
@UseFilters(PsuPageFilter)
export class MyLinkController {
  constructor(
    private readonly sessions: PsuSessionService,
    private readonly pages: PsuPages,
    private readonly brand: PageBrand,
  ) {}

  /** For pages of anyone. An image alone: scripts in it do not run. */
  @Get('logo')
  logo(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const { logo } = this.brand;
    if (!logo) throw new PageRefusal('link_unknown');
    void reply.headers({
      'content-type': logo.type,
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; sandbox`,
      'cache-control': 'public, max-age=3600',
    });
    return logo.content;
  }

  @Get('signed-out')
  signedOut(
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    return answer(reply, this.pages.signedOut(preferredLanguage(accepted)));
  }

  @Get(':token')
  async look(
    @Param('token') token: string,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const link = await this.sessions.look(token, headers.cookie);
    if (link === 'opened_here') return answer(reply, onTo(`${this.brand.base}/my`));
    const language = link.language ?? preferredLanguage(headers['accept-language']);
    return answer(reply, this.pages.link(token, language));
  }

  @Post(':token')
  @RouteConfig(TAKES_FORM)
  async open(
    @Param('token') token: string,
    @Headers('sec-fetch-site') site: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    // No person may be brought to the page of another person.
    if (site !== undefined && site !== 'same-origin') throw new PageRefusal('forged');
    const cookie = await this.sessions.open(token);
    return answer(reply, onTo(`${this.brand.base}/my`, { 'set-cookie': cookie }));
  }
}
