import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HubFigures } from '@consent-hub/consent';
import { NoQuery, Requires } from '@consent-hub/platform';
import { StatisticsView, toStatisticsView } from './statistics.view.js';

@ApiTags('statistics')
@Controller('v1/stats')
export class StatisticsController {
  constructor(private readonly figures: HubFigures) {}

  @Get()
  @Requires('admin')
  @ApiOperation({
    operationId: 'getStatistics',
    summary: 'The hub in figures',
    description:
      'Consents by state, scope and brand; refreshes by outcome and hour; what is due, overdue, in doubt; whether scheduled refreshes are paused.',
  })
  @ApiOkResponse({ type: StatisticsView, description: 'All figures of one moment' })
  async read(@Query() _query: NoQuery): Promise<StatisticsView> {
    return toStatisticsView(await this.figures.read());
  }
}
