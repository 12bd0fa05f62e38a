import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoQuery, Problems, Requires } from '@consent-hub/platform';
import { ExportTimelinesRequest, NoteExportRequest } from './export-timelines.request.js';
import { JoinExportsRequest } from './join-exports.request.js';
import {
  ExportedMonthView,
  JunctionsView,
  TimelineExportView,
  toTimelineExportView,
} from './timeline-export.view.js';
import { TimelineExportsService } from './timeline-exports.service.js';
import { MONTH_NOT_OVER } from './timeline.problems.js';

@ApiTags('administration')
@Controller('v1/timeline/exports')
export class TimelineExportsController {
  constructor(private readonly exports: TimelineExportsService) {}

  @Get()
  @Requires('admin')
  @Problems(MONTH_NOT_OVER)
  @ApiOperation({
    operationId: 'exportTimelines',
    summary: 'Export the timelines of a month',
    description:
      'All entries of a month, in the order of consents and numbers, page by page. A month that has ended does not change, so the ' +
      'pages belong together. Each entry comes as the bytes that were hashed, and proves itself; no entry holds personal data or a ' +
      'token. `npx consent-hub timeline export` writes them into a file.',
  })
  @ApiOkResponse({ type: TimelineExportView, description: 'A page of entries' })
  async page(@Query() request: ExportTimelinesRequest): Promise<TimelineExportView> {
    return toTimelineExportView(await this.exports.page(request), request.limit);
  }

  @Post()
  @Requires('admin')
  @Problems(MONTH_NOT_OVER)
  @ApiOperation({
    operationId: 'noteTimelineExport',
    summary: 'Note that a month was exported',
    description:
      'What `timeline drop` asks for before it drops the month. The latest export of a month counts.',
  })
  @ApiCreatedResponse({ type: ExportedMonthView, description: 'It is noted' })
  note(@Body() request: NoteExportRequest, @Query() _query: NoQuery): Promise<ExportedMonthView> {
    return this.exports.note(request);
  }

  @Post('verification')
  @HttpCode(HttpStatus.OK)
  @Requires('admin')
  @ApiOperation({
    operationId: 'verifyTimelineExports',
    summary: 'Compare exported timelines with the database',
    description:
      'Whether the chains of an export continue here: given the last exported entry of each timeline.',
  })
  @ApiOkResponse({ type: JunctionsView, description: 'How each entry stands to what is here' })
  async join(@Body() request: JoinExportsRequest, @Query() _query: NoQuery): Promise<JunctionsView> {
    return { junctions: await this.exports.join(request) };
  }
}
