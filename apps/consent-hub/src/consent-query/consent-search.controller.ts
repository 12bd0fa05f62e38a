import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ConsentSearchService, CURSOR_PROBLEMS } from './consent-search.service.js';
import { FoundConsentsView, toFoundConsentView } from './found-consents.view.js';
import { SearchConsentsRequest } from './search-consents.request.js';

@ApiTags('consents')
@Controller('v1/consents')
export class ConsentSearchController {
  constructor(private readonly search: ConsentSearchService) {}

  @Get()
  @Requires('consents:read')
  @Problems(CURSOR_PROBLEMS.malformed, CURSOR_PROBLEMS.of_another_search)
  @ApiOperation({
    operationId: 'searchConsents',
    summary: 'Search consents',
    description:
      'Newest first, of those that you opened; an admin sees all. Filters are joined by "and". Follow `next_cursor` to the ' +
      'end: consents that are opened meanwhile do not shift the pages, and the last page costs what the first does.',
  })
  @ApiOkResponse({ type: FoundConsentsView, description: 'A page of consents' })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() request: SearchConsentsRequest,
  ): Promise<FoundConsentsView> {
    const { items, nextCursor } = await this.search.find(caller, request);
    return { items: items.map(toFoundConsentView), next_cursor: nextCursor };
  }
}
