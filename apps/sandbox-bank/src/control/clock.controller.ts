import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, UseGuards } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { ClockRequest } from './clock.dto.js';
import { ClockService, type ClockBody } from './clock.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';

/** The bank's clock: what it issues ends by it. */
@Controller('sandbox/clock')
@UseGuards(OwnOriginGuard)
export class ClockController {
  constructor(private readonly clock: ClockService) {}

  @Get()
  show(@Query() _query: NoQuery): Promise<ClockBody> {
    return this.clock.show();
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  advance(@Body() { advance_seconds }: ClockRequest, @Query() _query: NoQuery): Promise<ClockBody> {
    return this.clock.advance(advance_seconds);
  }
}
