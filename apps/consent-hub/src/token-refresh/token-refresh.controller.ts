import { Controller, HttpCode, HttpStatus, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConsentView, toConsentView } from '@consent-hub/consent';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { TokenRefreshService } from './token-refresh.service.js';

@ApiTags('tokens')
@ApiBearerAuth()
@Controller('v1/consents/:id/refresh')
export class TokenRefreshController {
  constructor(private readonly tokens: TokenRefreshService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Requires('consents:write')
  @ApiOperation({
    summary: 'Refresh the tokens of a consent now',
    description: 'Shares a refresh that is already under way. The previous pair stops working at the bank.',
  })
  @ApiOkResponse({ type: ConsentView })
  async refresh(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentView> {
    return toConsentView(await this.tokens.refreshNow(caller, id));
  }
}
