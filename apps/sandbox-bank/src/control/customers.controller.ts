import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, UseGuards } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { CustomersService, type CustomerBody } from './customers.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';
import { WithdrawalRequest } from './control.request.js';

/** The PSUs whom developers play. */
@Controller('sandbox/psus')
@UseGuards(OwnOriginGuard)
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Get()
  async list(@Query() _query: NoQuery): Promise<{ items: CustomerBody[] }> {
    return { items: await this.customers.list() };
  }

  /** The body may be left out. */
  @Post(':psu/withdraw')
  @HttpCode(HttpStatus.OK)
  async withdraw(
    @Param('psu') psu: string,
    @Body() which: WithdrawalRequest,
    @Query() _query: NoQuery,
  ): Promise<{ withdrawn: number }> {
    return { withdrawn: await this.customers.withdraw(psu, which) };
  }
}
