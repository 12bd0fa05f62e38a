import { Controller, HttpCode, HttpStatus, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentCaller,
  CurrentTrace,
  NoQuery,
  Requires,
  type Caller,
  type RequestTrace,
} from '@consent-hub/platform';
import { ConsentProblems, GrantProblems } from '../http-api/consent-problems.decorator.js';
import { ConsentView, toConsentView } from '../http-api/consent.view.js';
import { TokenRefreshService } from './token-refresh.service.js';

@ApiTags('tokens')
@Controller('v1/consents/:id/refresh')
export class TokenRefreshController {
  constructor(private readonly tokens: TokenRefreshService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Requires('consents:write')
  @ConsentProblems('consent_not_found', 'refresh_too_soon')
  @GrantProblems()
  @ApiOperation({
    operationId: 'refreshConsent',
    summary: 'Refresh the tokens of a consent now',
    description:
      'Shares a refresh that is already under way. The previous pair stops working at the bank. At most once in REFRESH_MIN_INTERVAL_SECONDS for each consent.',
  })
  @ApiOkResponse({ type: ConsentView, description: 'The consent with its new generation' })
  async refresh(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
    @CurrentTrace() trace: RequestTrace,
  ): Promise<ConsentView> {
    return toConsentView(await this.tokens.refreshNow(caller, id, trace));
  }
}
