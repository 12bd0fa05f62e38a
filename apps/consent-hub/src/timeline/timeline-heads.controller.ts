import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoQuery, Requires } from '@consent-hub/platform';
import { TimelineHashesRequest, TimelineHeadsRequest } from './timeline-heads.request.js';
import {
  RecomputedHashesView,
  TimelineHeadsView,
  toRecomputedHashesView,
  toTimelineHeadsView,
} from './timeline-heads.view.js';
import { TimelineService } from './timeline.service.js';

@ApiTags('administration')
@Controller('v1/timeline')
export class TimelineHeadsController {
  constructor(private readonly timelines: TimelineService) {}

  @Get('heads')
  @Requires('admin')
  @ApiOperation({
    operationId: 'listTimelineHeads',
    summary: 'Heads of timelines',
    description:
      'Number and hash of the last entry of each timeline, page by page: what `timeline anchor` of the command line signs, to be ' +
      'kept where no administrator of the database can write.',
  })
  @ApiOkResponse({ type: TimelineHeadsView, description: 'A page of heads' })
  async heads(@Query() request: TimelineHeadsRequest): Promise<TimelineHeadsView> {
    return toTimelineHeadsView(await this.timelines.heads(request));
  }

  @Post('hashes')
  @HttpCode(HttpStatus.OK)
  @Requires('admin')
  @ApiOperation({
    operationId: 'recomputeTimelineHashes',
    summary: 'Hashes of entries as they are today',
    description:
      'Recomputes the hash of an entry of each timeline from what the entries up to it say, without believing a stored hash. ' +
      'One that differs from a hash that was noted outside the database shows that the history was rewritten. Changes nothing.',
  })
  @ApiOkResponse({ type: RecomputedHashesView, description: 'What the hashes are today' })
  async hashes(
    @Query() _query: NoQuery,
    @Body() request: TimelineHashesRequest,
  ): Promise<RecomputedHashesView> {
    return toRecomputedHashesView(await this.timelines.recompute(request));
  }
}
