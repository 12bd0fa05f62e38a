import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, UseGuards } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { BankResetService } from '../model/reset/bank-reset.service.js';
import { AssumptionsService, type AssumptionsBody } from './assumptions.service.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import { ClockService, type ClockBody } from './clock.service.js';
import { AuthorizationDecisionRequest, ClockRequest, LedgerRequest } from './control.request.js';
import { LedgerService, type LedgerBody } from './ledger.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';

/** For developers and tests: what a person at the bank, or its PSU, would do. */
@Controller('sandbox')
@UseGuards(OwnOriginGuard)
export class ControlController {
  constructor(
    private readonly decisions: AuthorizationDecisionService,
    private readonly ledger: LedgerService,
    private readonly clock: ClockService,
    private readonly assumptions: AssumptionsService,
    private readonly bank: BankResetService,
  ) {}

  @Post('authorizations')
  @HttpCode(HttpStatus.OK)
  async decide(
    @Body() wish: AuthorizationDecisionRequest,
    @Query() _query: NoQuery,
  ): Promise<{ redirect_to: string }> {
    return { redirect_to: await this.decisions.decide(wish) };
  }

  @Get('ledger')
  showLedger(@Query() { consent }: LedgerRequest): Promise<LedgerBody> {
    return this.ledger.show(consent);
  }

  @Get('clock')
  showClock(@Query() _query: NoQuery): Promise<ClockBody> {
    return this.clock.show();
  }

  @Post('clock')
  @HttpCode(HttpStatus.OK)
  advanceClock(@Body() { advance_seconds }: ClockRequest, @Query() _query: NoQuery): Promise<ClockBody> {
    return this.clock.advance(advance_seconds);
  }

  @Get('assumptions')
  showAssumptions(@Query() _query: NoQuery): AssumptionsBody {
    return this.assumptions.show();
  }

  @Post('reset')
  @HttpCode(HttpStatus.NO_CONTENT)
  async reset(@Query() _query: NoQuery): Promise<void> {
    await this.bank.empty();
  }
}
