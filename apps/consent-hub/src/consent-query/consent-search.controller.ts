import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ConsentSearchService, CURSOR_PROBLEMS, FOREIGN_CLIENT } from './consent-search.service.js';
import { FoundConsentsView, toFoundConsentsView } from './found-consents.view.js';
import { SearchConsentsRequest } from './search-consents.request.js';

@ApiTags('consents')
@Controller('v1/consents')
export class ConsentSearchController {
  constructor(private readonly search: ConsentSearchService) {}

  @Get()
  @Requires('consents:read')
  @Problems(CURSOR_PROBLEMS.malformed, CURSOR_PROBLEMS.of_another_search, FOREIGN_CLIENT)
  @ApiOperation({
    operationId: 'searchConsents',
    summary: 'Search consents',
    description:
      'Of those that you opened; an admin sees all. Filters are joined by "and". Follow `next_cursor` to the end: consents that ' +
      'are opened in the meantime do not shift the pages, and the last page costs what the first does.\n\n' +
      'What failed last night: `state=failed&ended_from=…&ended_to=…`. That includes consents in whose place the PSU has given a ' +
      'newer one since (`needs_attention=true` leaves them out); not those that a late answer of the bank brought back, which ' +
      'are live again: their timeline shows it.',
  })
  @ApiOkResponse({ type: FoundConsentsView, description: 'A page of consents' })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() request: SearchConsentsRequest,
  ): Promise<FoundConsentsView> {
    return toFoundConsentsView(await this.search.find(caller, request));
  }
}
