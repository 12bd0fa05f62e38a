import { Body, Controller, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { RETURN_URL_NOT_ALLOWED, toReturnUrl } from '../http-api/return-url.js';
import { PsuSessionRequest } from './psu-session.request.js';
import { PsuSessionService } from './psu-session.service.js';
import { PsuSessionView } from './psu-session.view.js';

@ApiTags('consents')
@Controller('v1/psu-sessions')
export class PsuSessionController {
  constructor(private readonly sessions: PsuSessionService) {}

  @Post()
  @Requires('consents:write')
  @Problems(RETURN_URL_NOT_ALLOWED)
  @ApiOperation({
    operationId: 'openPsuSession',
    summary: "Make a link to the person's own pages",
    description:
      'There the person sees the consents that you opened for them, what each shares and its state, stops sharing, and ' +
      'renews. The link works once within 15 minutes; the session that it opens ends after 30 minutes without a page, and after 8 hours.',
  })
  @ApiCreatedResponse({ type: PsuSessionView, description: 'The link, returned once' })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() request: PsuSessionRequest,
    @Query() _query: NoQuery,
  ): Promise<PsuSessionView> {
    const { url, expiresAt } = await this.sessions.create(caller, {
      psuRef: request.psu_ref,
      language: request.language ?? null,
      returnUrl: toReturnUrl(request.return_url ?? null, caller.returnUrls ?? null),
    });
    return { url, expires_at: expiresAt.toISOString() };
  }
}
