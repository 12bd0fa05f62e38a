import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { ConsentView, toConsentView } from '../http-api/consent.view.js';
import { ConsentEventList, toConsentEventView } from './consent-event.view.js';
import { ConsentQueryService } from './consent-query.service.js';
import { TokenUsesList, toTokenUsesList } from './token-uses.view.js';

@ApiTags('consents')
@Controller('v1/consents/:id')
export class ConsentQueryController {
  constructor(private readonly consents: ConsentQueryService) {}

  @Get()
  @Requires('consents:read')
  @ConsentProblems('consent_not_found')
  @ApiOperation({
    operationId: 'getConsent',
    summary: 'One consent',
    description: 'Its state, why it ended, and its dates; never a token.',
  })
  @ApiOkResponse({ type: ConsentView, description: 'The consent' })
  async read(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentView> {
    return toConsentView(await this.consents.get(caller, id));
  }

  @Get('events')
  @Requires('consents:read')
  @ConsentProblems('consent_not_found')
  @ApiOperation({
    operationId: 'listConsentEvents',
    summary: 'The timeline of a consent',
    description: 'Everything that happened to it, oldest first.',
  })
  @ApiOkResponse({ type: ConsentEventList, description: 'The whole timeline' })
  async readEvents(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentEventList> {
    const { events, clientNames } = await this.consents.timeline(caller, id);
    return { items: events.map((event) => toConsentEventView(event, clientNames)) };
  }

  @Get('token-uses')
  @Requires('admin')
  @ConsentProblems('consent_not_found')
  @ApiOperation({
    operationId: 'listTokenUses',
    summary: 'Who was handed the tokens of a consent',
    description:
      'One item an API client, the latest use first. Counted in batches, some seconds late: a statistic, not an audit.',
  })
  @ApiOkResponse({ type: TokenUsesList, description: 'The API clients' })
  async readTokenUses(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<TokenUsesList> {
    return toTokenUsesList(await this.consents.tokenUses(caller, id));
  }
}
