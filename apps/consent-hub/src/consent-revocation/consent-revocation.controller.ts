import { Controller, HttpCode, HttpStatus, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { ConsentView, toConsentView } from '../http-api/consent.view.js';
import { ConsentRevocationService } from './consent-revocation.service.js';

@ApiTags('consents')
@Controller('v1/consents/:id/revoke')
export class ConsentRevocationController {
  constructor(private readonly revocations: ConsentRevocationService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Requires('consents:write')
  @ConsentProblems('consent_not_found', 'consent_not_live')
  @ApiOperation({
    operationId: 'revokeConsent',
    summary: 'End a consent',
    description:
      'Destroys its tokens here; the bank offers no call that would end it there as well. A link that still waits for its ' +
      'person is withdrawn: `expired`, `withdrawn_by_tpp`. Repeating it changes nothing.',
  })
  @ApiOkResponse({ type: ConsentView, description: 'The consent, ended' })
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentView> {
    return toConsentView(await this.revocations.revoke(caller, id));
  }
}
