import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Requires, type Caller } from '@consent-hub/platform';
import { ConsentSearchService } from './consent-search.service.js';
import { FoundConsentsView, toFoundConsentView } from './found-consents.view.js';
import { SearchConsentsRequest } from './search-consents.request.js';

@ApiTags('consents')
@ApiBearerAuth()
@Controller('v1/consents')
export class ConsentSearchController {
  constructor(private readonly search: ConsentSearchService) {}

  @Get()
  @Requires('consents:read')
  @ApiOperation({
    summary: 'Search consents',
    description:
      'Newest first, of those that you opened; an admin sees all. Filters are joined by "and". Follow `next_cursor` to the ' +
      'end: consents that are opened meanwhile do not shift the pages, and the last page costs what the first does.',
  })
  @ApiOkResponse({ type: FoundConsentsView })
  @ApiResponse({
    status: 400,
    description:
      '`invalid_input`: `errors` names each parameter and what is expected there; `cursor_invalid`: it is none of this API; ' +
      '`cursor_of_another_search`: it belongs to other filters',
  })
  @ApiResponse({ status: 401, description: '`api_key_missing`, `api_key_invalid`, `api_key_revoked`' })
  @ApiResponse({ status: 403, description: '`permission_missing`: this needs `consents:read`' })
  @ApiResponse({ status: 503, description: '`database_unavailable`; see `Retry-After`' })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() request: SearchConsentsRequest,
  ): Promise<FoundConsentsView> {
    const { items, nextCursor } = await this.search.find(caller, request);
    return { items: items.map(toFoundConsentView), next_cursor: nextCursor };
  }
}
