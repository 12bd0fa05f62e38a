import { Controller, HttpCode, HttpStatus, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ConsentView, toConsentView } from '@consent-hub/consent';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { ConsentRevocationService } from './consent-revocation.service.js';

@ApiTags('consents')
@ApiBearerAuth()
@Controller('v1/consents/:id/revoke')
export class ConsentRevocationController {
  constructor(private readonly revocations: ConsentRevocationService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Requires('consents:write')
  @ApiOperation({
    summary: 'End a consent',
    description:
      'Destroys its tokens here; the bank offers no call that would end it there as well. A link that still waits for its ' +
      'person is withdrawn: `expired`, `withdrawn_by_tpp`. Repeating it changes nothing.',
  })
  @ApiOkResponse({ type: ConsentView, description: 'The consent, ended' })
  @ApiResponse({ status: 404, description: '`consent_not_found`: there is none, or it is not yours' })
  @ApiResponse({
    status: 409,
    description: '`consent_not_live`: its code is being exchanged (come back), or it ended otherwise',
  })
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ConsentView> {
    return toConsentView(await this.revocations.revoke(caller, id));
  }
}
