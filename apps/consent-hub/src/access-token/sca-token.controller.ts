import { Controller, Get, Header, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { ScaTokenService } from './sca-token.service.js';
import { ScaTokenView, toScaTokenView } from './sca-token.view.js';

@ApiTags('tokens')
@ApiBearerAuth()
@Controller('v1/consents/:id/sca-token')
export class ScaTokenController {
  constructor(private readonly tokens: ScaTokenService) {}

  @Get()
  @Requires('tokens:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'The SCA token of an AIS consent',
    description:
      'With it the bank shows the whole history of the accounts, not the last 90 days alone. It comes with the first pair and ' +
      'lasts an hour; no refresh brings another.',
  })
  @ApiOkResponse({ type: ScaTokenView })
  @ApiResponse({
    status: 403,
    description: '`scope_not_granted`: you may see the consent, and read no tokens of its scope',
  })
  @ApiResponse({
    status: 404,
    description: '`no_sca_token`: there is none, or its hour is over; `consent_not_found`',
  })
  @ApiResponse({
    status: 409,
    description: '`consent_not_live`, with `state`, `reason` and the `action` needed',
  })
  async read(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ScaTokenView> {
    return toScaTokenView(await this.tokens.forConsent(caller, id));
  }
}
