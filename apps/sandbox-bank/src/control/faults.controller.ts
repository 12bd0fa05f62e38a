import { Body, Controller, Delete, Get, Put, Query, UseGuards } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { FaultRequest, FaultQueryRequest } from './fault.request.js';
import { FaultsService, type FaultListBody } from './faults.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';

/** What goes wrong at the bank, on request. */
@Controller('sandbox/faults')
@UseGuards(OwnOriginGuard)
export class FaultsController {
  constructor(private readonly faults: FaultsService) {}

  @Get()
  list(@Query() _query: NoQuery): Promise<FaultListBody> {
    return this.faults.list();
  }

  @Put()
  set(@Body() wish: FaultRequest, @Query() _query: NoQuery): Promise<FaultListBody> {
    return this.faults.set(wish);
  }

  @Delete()
  clear(@Query() { name }: FaultQueryRequest): Promise<FaultListBody> {
    return this.faults.clear(name === undefined ? {} : { name });
  }
}
