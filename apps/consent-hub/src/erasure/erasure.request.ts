import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPsuRef, PSU_REF_SCHEMA } from '../http-api/consent-fields.js';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';

export class ErasureRequest {
  @ApiProperty({ ...PSU_REF_SCHEMA, description: 'The name under which the consents were opened' })
  @IsPsuRef()
  psu_ref: string;

  @ApiPropertyOptional({ enum: BRANDS, description: 'At one brand only' })
  @IsOptional()
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand?: Brand;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'true: consents that have not ended are ended first; otherwise they are a reason to refuse',
  })
  @IsOptional()
  @IsBoolean({ message: '$property must be true or false' })
  revoke = false;
}
