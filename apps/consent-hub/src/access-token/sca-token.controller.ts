import { Controller, Get, Header, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { NO_SCA_TOKEN, SCOPE_NOT_GRANTED } from './access-token.problems.js';
import { ScaTokenService, type ScaToken } from './sca-token.service.js';

export class ScaTokenView {
  @ApiProperty({
    minLength: 1,
    description: 'For the header SCA-Token of the bank’s transactions',
    example: '45c48cce2e2d7fbdea1afc51c7c6ad26',
  })
  sca_token: string;

  @ApiProperty({ format: 'date-time', description: 'When its hour ends' })
  expires_at: string;
}

export const toScaTokenView = ({ value, expiresAt }: ScaToken): ScaTokenView => ({
  // What the call is for: the token leaves the hub here, and nowhere else.
  sca_token: value.reveal(),
  expires_at: expiresAt.toISOString(),
});

@ApiTags('tokens')
@Controller('v1/consents/:id/sca-token')
export class ScaTokenController {
  constructor(private readonly tokens: ScaTokenService) {}

  @Get()
  @Requires('tokens:read')
  @Header('Cache-Control', 'no-store')
  @Problems(NO_SCA_TOKEN, SCOPE_NOT_GRANTED)
  @ConsentProblems('consent_not_found', 'consent_not_live')
  @ApiOperation({
    operationId: 'getScaToken',
    summary: 'The SCA token of an AIS consent',
    description:
      'With it the bank shows the whole history of the accounts, not the last 90 days alone. It comes with the first pair, or ' +
      'with a later authentication of the PSU (`sca-authorizations`), and lasts an hour; no refresh brings another.',
  })
  @ApiOkResponse({ type: ScaTokenView, description: 'The SCA token' })
  async read(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ScaTokenView> {
    return toScaTokenView(await this.tokens.forConsent(caller, id));
  }
}
