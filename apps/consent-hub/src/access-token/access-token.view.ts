import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import type { AccessToken } from './token-hand-out.service.js';

export class AccessTokenView {
  @ApiProperty({ format: 'uuid', description: 'The consent that it belongs to' })
  consent_id: string;

  @ApiProperty({
    minLength: 1,
    description: 'For the Authorization header of the bank’s APIs',
    example: '8f14e45fceea167a5a36dedd4bea2543',
  })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'], description: 'How it is sent' })
  token_type: string;

  @ApiProperty({ enum: SCOPES, description: 'What it is good for' })
  scope: Scope;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 3,
    description: 'Every refresh adds one; name it when the bank refuses the token',
  })
  generation: number;

  @ApiProperty({ format: 'date-time', description: 'When it stops working' })
  expires_at: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 2710,
    description: 'Whole seconds left when this was answered',
  })
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
