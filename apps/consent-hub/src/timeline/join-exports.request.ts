import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsUUID, Matches, ValidateNested } from 'class-validator';
import { WholeNumber } from '../config/validators.js';

const MOST = 1000;

export class ExportedEntryRequest {
  @ApiProperty({ format: 'uuid' })
  @IsUUID(undefined, { message: '$property must be a UUID' })
  consent_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 2_147_483_647, example: 721 })
  @WholeNumber(1, 2_147_483_647)
  seq: number;

  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'Its hash, as it was exported',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 hexadecimal digits' })
  hash: string;
}

export class JoinExportsRequest {
  @ApiProperty({
    type: [ExportedEntryRequest],
    minItems: 1,
    maxItems: MOST,
    description: 'Of each timeline the last entry that was exported',
  })
  @IsArray({ message: '$property must be a list' })
  @ArrayMinSize(1, { message: '$property must name an entry' })
  @ArrayMaxSize(MOST, { message: `$property must name ${MOST} entries at most` })
  @ValidateNested({ each: true })
  @Type(() => ExportedEntryRequest)
  entries: ExportedEntryRequest[];
}
