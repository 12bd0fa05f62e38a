import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

const SWITCH = ['true', 'false'] as const;

export class ListVaultKeysRequest {
  @ApiPropertyOptional({
    enum: SWITCH,
    default: 'false',
    description:
      'true: counts what needs each key, which reads every sealed value (seconds with a million consents)',
  })
  @IsOptional()
  @IsIn(SWITCH, { message: `$property must be one of ${SWITCH.join(', ')}` })
  uses: (typeof SWITCH)[number] = 'false';
}
