import { ApiProperty } from '@nestjs/swagger';
import type { ScaToken } from './sca-token.service.js';

export class ScaTokenView {
  @ApiProperty({ description: 'For the header SCA-Token of the bank’s transactions' })
  sca_token: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}

export const toScaTokenView = ({ value, expiresAt }: ScaToken): ScaTokenView => ({
  // What the call is for: the token leaves the hub here, and nowhere else.
  sca_token: value.reveal(),
  expires_at: expiresAt.toISOString(),
});
