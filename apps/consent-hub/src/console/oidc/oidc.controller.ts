import { Public } from '@consent-hub/platform';
import { Controller, Get, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { toOwnPath } from '../access/own-path.js';
import { SESSION_COOKIE_SECONDS } from '../access/sign-in.controller.js';
import { RETURN_ELSEWHERE } from '../access/sign-in.failures.js';
import { SignInService } from '../access/sign-in.service.js';
import { leadTo } from '../frame/page-reply.js';
import { NOT_BEGUN_HERE } from './oidc.failures.js';
import { OidcService } from './oidc.service.js';
import { ATTEMPT_SECONDS, readAttempt, writeAttempt } from './sign-in-attempt.js';

/** To the identity provider, and back. */
@ApiExcludeController()
@Public()
@Controller('console/oidc')
@UseFilters(ConsoleFailureFilter)
export class OidcController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly oidc: OidcService,
    private readonly signIns: SignInService,
  ) {}

  @Get('start')
  async start(@Query('return_url') returnUrl: unknown, @Res() reply: FastifyReply): Promise<void> {
    const to =
      returnUrl === undefined ? '/console' : typeof returnUrl === 'string' ? toOwnPath(returnUrl) : null;
    if (to === null) throw RETURN_ELSEWHERE;
    const { url, attempt } = await this.oidc.begin(to);
    const cookie = this.site.attempt.set(writeAttempt(attempt), ATTEMPT_SECONDS);
    leadTo(reply, url, { 'set-cookie': cookie });
  }

  /** What was remembered is forgotten before anything is asked, so that an answer is used once. */
  @Get('callback')
  async complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const attempt = readAttempt(this.site.attempt.read(request.headers.cookie));
    void reply.header('set-cookie', this.site.attempt.clear());
    if (!attempt) throw NOT_BEGUN_HERE;
    const [, query = ''] = request.url.split(/\?(.*)/s);
    const token = await this.signIns.byProvider(await this.oidc.complete(query, attempt));
    leadTo(reply, this.site.base + (toOwnPath(attempt.to) ?? '/console'), {
      'set-cookie': this.site.session.set(token, SESSION_COOKIE_SECONDS),
    });
  }
}
