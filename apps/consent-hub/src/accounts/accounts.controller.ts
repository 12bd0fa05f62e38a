import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { BankProblems } from '@consent-hub/bank-client';
import { VisibleConsents } from '@consent-hub/consent';
import {
  CurrentCaller,
  CurrentTrace,
  NoQuery,
  Requires,
  type Caller,
  type RequestTrace,
} from '@consent-hub/platform';
import { ConsentProblems, GrantProblems } from '../http-api/consent-problems.decorator.js';
import { AccountListingService } from './account-listing.service.js';

export class AccountView {
  @ApiProperty({ example: 'BE83063154780915' })
  iban: string;

  @ApiProperty({
    description: "The bank's handle of the account: opaque, URL-safe",
    example: 'c51ce410c124a10e',
  })
  logical_id: string;
}

export class AccountList {
  @ApiProperty({ type: [AccountView] })
  items: AccountView[];
}

@ApiTags('consents')
@Controller('v1/consents/:id/accounts')
export class AccountsController {
  constructor(
    private readonly consents: VisibleConsents,
    private readonly accounts: AccountListingService,
  ) {}

  @Get()
  @Requires('consents:read')
  @ConsentProblems('consent_not_found')
  @GrantProblems()
  @BankProblems()
  @ApiOperation({
    operationId: 'listAccounts',
    summary: 'Accounts that the PSU authorised',
    description:
      'AIS: asked from the bank once the pair is there; where it answers that the consent has ended, it ends here too ' +
      '(`withdrawn_at_bank`). CAF: the account of the consent.',
  })
  @ApiOkResponse({ type: AccountList, description: 'The accounts; none while they are not known' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
    @CurrentTrace() trace: RequestTrace,
  ): Promise<AccountList> {
    const accounts = await this.accounts.known(await this.consents.get(caller, id), trace);
    return { items: accounts.map(({ iban, logicalId }) => ({ iban, logical_id: logicalId })) };
  }
}
