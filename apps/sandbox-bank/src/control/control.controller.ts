import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, UseGuards } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { BankResetService } from '../model/reset/bank-reset.service.js';
import { AuthorizationDecisionRequest } from './control.request.js';
import { AuthorizationDecisionService } from './authorization-decision.service.js';
import { LedgerRequest } from './ledger-query.dto.js';
import { LedgerService, type LedgerBody } from './ledger.service.js';
import { OwnOriginGuard } from './own-origin.guard.js';

/** For developers and tests: what a person at the bank, or its PSU, would do. */
@Controller('sandbox')
@UseGuards(OwnOriginGuard)
export class ControlController {
  constructor(
    private readonly decisions: AuthorizationDecisionService,
    private readonly ledger: LedgerService,
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
  show(@Query() { consent }: LedgerRequest): Promise<LedgerBody> {
    return this.ledger.show(consent);
  }

  @Post('reset')
  @HttpCode(HttpStatus.NO_CONTENT)
  async reset(@Query() _query: NoQuery): Promise<void> {
    await this.bank.empty();
  }
}
