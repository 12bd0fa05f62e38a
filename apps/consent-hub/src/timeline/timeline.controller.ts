import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { CurrentCaller, Requires, type Caller } from '@consent-hub/platform';
import { TimelineVerificationView, toTimelineVerificationView } from './timeline-verification.view.js';
import { TimelineService } from './timeline.service.js';
import { VerifyTimelinesRequest } from './verify-timelines.request.js';

@ApiTags('administration')
@Controller('v1/timeline/verification')
export class TimelineController {
  constructor(private readonly timelines: TimelineService) {}

  @Get()
  @Requires('admin')
  @ConsentProblems('consent_not_found')
  @ApiOperation({
    operationId: 'verifyTimelines',
    summary: 'Verify timelines',
    description:
      'Recomputes the hash chains of a page of timelines and compares their ends with their anchors. Follow ' +
      '`next_cursor` to the end for all of them, those of consents whose rows were removed among them. Finds entries that were ' +
      'changed, taken out, put in or cut off, around the triggers that refuse it. Chain and anchor are in the same database: a ' +
      'rewrite of both, or an older copy of the whole, is not seen from here.',
  })
  @ApiOkResponse({ type: TimelineVerificationView, description: 'What was verified, and what is broken' })
  async verify(
    @CurrentCaller() caller: Caller,
    @Query() request: VerifyTimelinesRequest,
  ): Promise<TimelineVerificationView> {
    return toTimelineVerificationView(await this.timelines.verify(caller, request));
  }
}
