import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { BRANDS, SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { MAX_VALIDITY_SECONDS, MIN_VALIDITY, toSeconds, VALIDITY_FAULT } from './min-validity.pipe.js';

/** PostgreSQL's `integer`, in which generations are counted. */
const MAX_GENERATION = 2_147_483_647;
const GENERATION_FAULT = '$property must be a whole number of 1 or more';

/** A text without control characters: any name under which a consent could be opened, and some more. */
const PSU_REF = /^\P{Cc}{1,128}$/u;

export class PersonTokenQuery {
  @ApiProperty({ enum: BRANDS, description: "The PSU's bank" })
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand: Brand;

  @ApiProperty({
    description: 'The name under which the consent was opened',
    minLength: 1,
    maxLength: 128,
    pattern: PSU_REF.source,
    example: 'customer-4711',
  })
  @Matches(PSU_REF, { message: '$property must be 1 to 128 printable characters' })
  psu_ref: string;

  @ApiProperty({ enum: SCOPES, description: 'One of the scopes that this API client may read' })
  @IsIn(SCOPES, { message: `$property must be one of ${SCOPES.join(', ')}` })
  scope: Scope;

  @ApiPropertyOptional(MIN_VALIDITY)
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => toSeconds(value))
  @Min(0, { message: `$property ${VALIDITY_FAULT}` })
  @Max(MAX_VALIDITY_SECONDS, { message: `$property ${VALIDITY_FAULT}` })
  min_validity_seconds = 0;
}

export class RejectedToken {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: MAX_GENERATION,
    description: 'Generation of the token that the bank refused',
    example: 3,
  })
  @IsInt({ message: GENERATION_FAULT })
  @Min(1, { message: GENERATION_FAULT })
  @Max(MAX_GENERATION, { message: GENERATION_FAULT })
  generation: number;
}
