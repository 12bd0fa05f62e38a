import { ApiProperty } from '@nestjs/swagger';
import type { ScaAuthorization } from './sca-authorization.service.js';

export class ScaAuthorizationView {
  @ApiProperty({
    format: 'uri',
    description: 'For the header Redirect-URI of the call that the bank answers with `SCA_REQUIRED`',
    example: 'https://hub.example.com/callback/belfius',
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
  // Half of the caller's own call of the bank, so the caller is whom it is sent to.
  state: state.reveal(),
  expires_at: expiresAt.toISOString(),
});
