import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import type { AccessToken } from './access-token.service.js';

export class AccessTokenView {
  @ApiProperty({ format: 'uuid' })
  consent_id: string;

  @ApiProperty({ description: 'For the Authorization header of the bank’s APIs' })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: string;

  @ApiProperty({ enum: SCOPES })
  scope: Scope;

  @ApiProperty({
    type: 'integer',
    description: 'Every refresh adds one; name it when the bank refuses the token',
  })
  generation: number;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ type: 'integer', description: 'Whole seconds left when this was answered' })
  expires_in: number;

  @ApiPropertyOptional({ description: "CAF: the bank's handle of the account" })
  logical_id?: string;

  @ApiPropertyOptional({
    enum: [true],
    description:
      'The answer to a refresh was lost: the bank may refuse this token. It is the newest there is.',
  })
  in_doubt?: true;
}

export const toAccessTokenView = (token: AccessToken): AccessTokenView => ({
  consent_id: token.consentId,
  // What the call is for: the token leaves the hub here, and nowhere else.
  access_token: token.value.reveal(),
  token_type: 'Bearer',
  scope: token.scope,
  generation: token.generation,
  expires_at: token.expiresAt.toISOString(),
  expires_in: token.expiresInSeconds,
  ...(token.logicalId !== null && { logical_id: token.logicalId }),
  ...(token.isInDoubt && { in_doubt: true }),
});
