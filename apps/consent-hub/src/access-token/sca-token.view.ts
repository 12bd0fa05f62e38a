import { ApiProperty } from '@nestjs/swagger';
import type { ScaToken } from './sca-token.service.js';

export class ScaTokenView {
  @ApiProperty({
    minLength: 1,
    description: 'For the header SCA-Token of the bank’s transactions',
    example: '45c48cce2e2d7fbdea1afc51c7c6ad26',
  })
  sca_token: string;

  @ApiProperty({ format: 'date-time', description: 'When its hour is over' })
  expires_at: string;
}

export const toScaTokenView = ({ value, expiresAt }: ScaToken): ScaTokenView => ({
  // What the call is for: the token leaves the hub here, and nowhere else.
  sca_token: value.reveal(),
  expires_at: expiresAt.toISOString(),
});
