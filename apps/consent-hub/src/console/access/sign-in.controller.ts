import { Public } from '@consent-hub/platform';
import { Body, Controller, Get, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { readSecret } from '../../http-api/session-secret.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { OidcService } from '../oidc/oidc.service.js';
import { CurrentVisit, type ConsoleVisit } from './console-access.js';
import { ConsoleFailureFilter } from './console-failure.filter.js';
import { ConsoleLinkRepository } from './console-link.repository.js';
import { SESSION_HOURS } from './console-session.repository.js';
import { ConsoleSite } from './console-site.js';
import { ConsoleGuard, isFromElsewhere } from './console.guard.js';
import { linkFailure, LINKS_NOT_USED, OTHER_ORIGIN, RETURN_ELSEWHERE } from './sign-in.failures.js';
import { renderLinkPage, renderSignedOutPage, renderSignInPage } from './sign-in.pages.js';
import { SignInService } from './sign-in.service.js';
import { toOwnPath } from './own-path.js';

export const SESSION_COOKIE_SECONDS = SESSION_HOURS * 3600;

/** How people get in and out. */
@ApiExcludeController()
@Public()
@Controller('console')
@UseFilters(ConsoleFailureFilter)
export class SignInController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly signIns: SignInService,
    private readonly links: ConsoleLinkRepository,
    private readonly oidc: OidcService,
  ) {}

  @Get('sign-in')
  show(@Query('return_url') returnUrl: string | undefined, @Res() reply: FastifyReply): void {
    if (returnUrl !== undefined && (typeof returnUrl !== 'string' || toOwnPath(returnUrl) === null))
      throw RETURN_ELSEWHERE;
    pageReply(
      reply,
      renderSignInPage({ base: this.site.base, isByProvider: this.oidc.isConfigured, returnUrl }),
    );
  }

  /** Uses nothing up: programs that look through mails and chats open links, and press no buttons. */
  @Get('link/:token')
  async showLink(@Param('token') text: string, @Res() reply: FastifyReply): Promise<void> {
    const token = readSecret(text);
    const state = token ? await this.links.stateOf(token) : 'unknown';
    if (this.oidc.isConfigured) throw LINKS_NOT_USED;
    if (!token || state !== 'open') throw linkFailure(state === 'open' ? 'unknown' : state);
    pageReply(reply, renderLinkPage({ base: this.site.base, token }));
  }

  @RouteConfig(TAKES_FORM)
  @Post('link')
  async useLink(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (isFromElsewhere(request)) throw OTHER_ORIGIN;
    if (this.oidc.isConfigured) throw LINKS_NOT_USED;
    const given = (body as { readonly token?: unknown } | null | undefined)?.token;
    const token = readSecret(typeof given === 'string' ? given : undefined);
    const result = token ? await this.signIns.byLink(token) : 'unknown';
    if (typeof result === 'string') throw linkFailure(result);
    const cookie = this.site.session.set(result, SESSION_COOKIE_SECONDS);
    leadTo(reply, `${this.site.base}/console`, { 'set-cookie': cookie });
  }

  @RouteConfig(TAKES_FORM)
  @Post('sign-out')
  @UseGuards(ConsoleGuard)
  async signOut(@CurrentVisit() { session }: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    await this.signIns.end(session);
    leadTo(reply, `${this.site.base}/console/signed-out`, { 'set-cookie': this.site.session.clear() });
  }

  @Get('signed-out')
  showSignedOut(@Res() reply: FastifyReply): void {
    pageReply(reply, renderSignedOutPage({ base: this.site.base }));
  }
}
