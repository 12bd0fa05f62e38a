import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ConsentView, toConsentView } from '@consent-hub/consent';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { ConsentEventList, toConsentEventView } from './consent-event.view.js';
import { ConsentQueryService } from './consent-query.service.js';
import { TokenUsesList, toTokenUsesView } from './token-uses.view.js';

@ApiTags('consents')
@ApiBearerAuth()
@ApiResponse({ status: 404, description: '`consent_not_found`: there is none, or it is not yours' })
@Controller('v1/consents/:id')
export class ConsentQueryController {
  constructor(private readonly consents: ConsentQueryService) {}

  @Get()
  @Requires('consents:read')
  @ApiOperation({
    summary: 'One consent',
    description: 'Its state, why it ended, and its dates; never a token.',
  })
  @ApiOkResponse({ type: ConsentView })
  async read(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentView> {
    return toConsentView(await this.consents.get(caller, id));
  }

  @Get('events')
  @Requires('consents:read')
  @ApiOperation({
    summary: 'The timeline of a consent',
    description: 'Everything that happened to it, oldest first.',
  })
  @ApiOkResponse({ type: ConsentEventList })
  async readEvents(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentEventList> {
    return { items: (await this.consents.timeline(caller, id)).map(toConsentEventView) };
  }

  @Get('token-uses')
  @Requires('admin')
  @ApiOperation({
    summary: 'Who was handed the tokens of a consent',
    description:
      'One item an API client, the latest use first. Counted in batches, some seconds late: a statistic, not an audit.',
  })
  @ApiOkResponse({ type: TokenUsesList })
  async readTokenUses(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<TokenUsesList> {
    return { items: (await this.consents.tokenUses(caller, id)).map(toTokenUsesView) };
  }
}
