import { Controller, Header, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';
import { ConsentProblems } from '../http-api/consent-problems.decorator.js';
import { SCA_FOR_AIS_ONLY, SCOPE_NOT_GRANTED } from './access-token.problems.js';
import { ScaAuthorizationService, type ScaAuthorization } from './sca-authorization.service.js';

export class ScaAuthorizationView {
  @ApiProperty({
    format: 'uri',
    description: 'For the header Redirect-URI of the call that the bank answers with `SCA_REQUIRED`',
    example: `https://hub.example.com/callback/${EXAMPLE_BRAND}`,
  })
  redirect_uri: string;

  @ApiProperty({
    minLength: 1,
    description: 'Join it as `state` to the URL of that answer',
    example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70.AQJrMQ1kzE7QhSW9sU0v3mJm2Vw5oWnq3y8u4bq0f6yQ1c2E',
  })
  state: string;

  @ApiProperty({ format: 'date-time', description: 'Until when the PSU may come back' })
  expires_at: string;
}

export const toScaAuthorizationView = ({
  redirectUri,
  state,
  expiresAt,
}: ScaAuthorization): ScaAuthorizationView => ({
  redirect_uri: redirectUri,
  // A part of the caller's own call of the bank, so it is returned to the caller.
  state: state.reveal(),
  expires_at: expiresAt.toISOString(),
});

@ApiTags('tokens')
@Controller('v1/consents/:id/sca-authorizations')
export class ScaAuthorizationController {
  constructor(private readonly authorizations: ScaAuthorizationService) {}

  @Post()
  @Requires('tokens:read')
  @Header('Cache-Control', 'no-store')
  @Problems(SCA_FOR_AIS_ONLY, SCOPE_NOT_GRANTED)
  @ConsentProblems('consent_not_found', 'consent_not_live')
  @ApiOperation({
    operationId: 'prepareScaAuthorization',
    summary: 'Prepare a later authentication of the PSU',
    description:
      'When the bank answers a call for transactions with `SCA_REQUIRED`: name `redirect_uri` in the header Redirect-URI of that ' +
      'call, join `state` to the URL in its answer, and send the PSU there. The PSU comes back to the hub, which stores the SCA ' +
      'token for `GET /v1/consents/{id}/sca-token` and leads on to the `return_url` of the consent, with `sca` (`confirmed`, ' +
      '`failed`). Changes nothing by itself.',
  })
  @ApiCreatedResponse({ type: ScaAuthorizationView, description: 'What your call of the bank must announce' })
  async prepare(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
  ): Promise<ScaAuthorizationView> {
    return toScaAuthorizationView(await this.authorizations.prepare(caller, id));
  }
}
