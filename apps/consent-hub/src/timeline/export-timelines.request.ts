import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MONTH, type ExportCursor } from '@consent-hub/consent';
import { IsPageLimit } from '@consent-hub/platform';
import { IsOptional, Matches } from 'class-validator';
import { WholeNumber } from '../config/validators.js';

const MOST_PER_PAGE = 5000;
const CURSOR = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9]\d{0,8}$/;
const IS_MONTH = { message: '$property must be a month, as YYYY-MM' };
const MONTH_SCHEMA = {
  pattern: MONTH.source,
  description: 'A month of UTC that has ended',
  example: '2026-10',
};

export class ExportTimelinesRequest {
  @ApiProperty(MONTH_SCHEMA)
  @Matches(MONTH, IS_MONTH)
  month: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: MOST_PER_PAGE,
    description: 'How many entries at most',
  })
  @IsOptional()
  @IsPageLimit(MOST_PER_PAGE)
  limit = MOST_PER_PAGE;

  @ApiPropertyOptional({ pattern: CURSOR.source, description: '`next_cursor` of the page before' })
  @IsOptional()
  @Matches(CURSOR, { message: '$property must be the next_cursor of a page' })
  cursor?: string;
}

export class NoteExportRequest {
  @ApiProperty(MONTH_SCHEMA)
  @Matches(MONTH, IS_MONTH)
  month: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many entries were exported', example: 5120 })
  @WholeNumber(0, Number.MAX_SAFE_INTEGER)
  entries: number;

  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of the hashes of the entries in their order',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 hexadecimal digits' })
  digest: string;
}

export const writeExportCursor = ({ consentId, seq }: ExportCursor): string => `${consentId}.${seq}`;

export function readExportCursor(cursor: string): ExportCursor {
  const [consentId = '', seq] = cursor.split('.');
  return { consentId, seq: Number(seq) };
}
