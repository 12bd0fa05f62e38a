import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Put,
  Query,
  UseGuards,
} from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { BankResetService } from '../model/bank-reset.service.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import {
  AuthorizationDecisionRequest,
  ClockRequest,
  LedgerRequest,
  WithdrawalRequest,
} from './control.request.js';
import { ControlService, type AssumptionsBody, type ClockBody, type LedgerBody } from './control.service.js';
import { CustomersService, type CustomerBody } from './customers.service.js';
import { FaultQueryRequest, FaultRequest } from './fault.request.js';
import { FaultsService, type FaultListBody, type OutcomesBody } from './faults.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';

/** For developers and tests: what an employee of the bank, or the PSU, would do. */
@Controller('sandbox')
@UseGuards(OwnOriginGuard)
export class ControlController {
  constructor(
    private readonly decisions: AuthorizationDecisionService,
    private readonly control: ControlService,
    private readonly bank: BankResetService,
  ) {}

  @Post('authorizations')
  @HttpCode(HttpStatus.OK)
  async decide(
    @Body() request: AuthorizationDecisionRequest,
    @Query() _query: NoQuery,
  ): Promise<{ redirect_to: string }> {
    return { redirect_to: await this.decisions.decide(request) };
  }

  @Get('ledger')
  showLedger(@Query() { consent }: LedgerRequest): Promise<LedgerBody> {
    return this.control.showLedger(consent);
  }

  @Get('clock')
  showClock(@Query() _query: NoQuery): Promise<ClockBody> {
    return this.control.showClock();
  }

  @Post('clock')
  @HttpCode(HttpStatus.OK)
  advanceClock(@Body() { advance_seconds }: ClockRequest, @Query() _query: NoQuery): Promise<ClockBody> {
    return this.control.advanceClock(advance_seconds);
  }

  @Get('assumptions')
  showAssumptions(@Query() _query: NoQuery): AssumptionsBody {
    return this.control.showAssumptions();
  }

  @Post('reset')
  @HttpCode(HttpStatus.NO_CONTENT)
  async reset(@Query() _query: NoQuery): Promise<void> {
    await this.bank.empty();
  }
}

/** What the bank itself has counted of faults and of values that were sent twice. */
@Controller('sandbox/outcomes')
@UseGuards(OwnOriginGuard)
export class OutcomesController {
  constructor(private readonly faults: FaultsService) {}

  @Get()
  show(@Query() _query: NoQuery): Promise<OutcomesBody> {
    return this.faults.outcomes();
  }
}

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

/** The faults that developers set. */
@Controller('sandbox/faults')
@UseGuards(OwnOriginGuard)
export class FaultsController {
  constructor(private readonly faults: FaultsService) {}

  @Get()
  list(@Query() _query: NoQuery): Promise<FaultListBody> {
    return this.faults.list();
  }

  @Put()
  set(@Body() request: FaultRequest, @Query() _query: NoQuery): Promise<FaultListBody> {
    return this.faults.set(request);
  }

  @Delete()
  clear(@Query() { name }: FaultQueryRequest): Promise<FaultListBody> {
    return this.faults.clear(name === undefined ? {} : { name });
  }
}
