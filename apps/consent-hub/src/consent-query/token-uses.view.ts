import { ApiProperty } from '@nestjs/swagger';
import type { TokenUsesRow } from './token-uses.query.js';

export class TokenUsesView {
  @ApiProperty({ description: 'Name of the API client', example: 'payments' })
  api_client: string;

  @ApiProperty({ format: 'uuid', description: 'As in `client:<id>` in the timeline' })
  api_client_id: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 17,
    description: 'How often it was handed a token of this consent',
  })
  count: number;

  @ApiProperty({ format: 'date-time', description: 'When it last was' })
  last_used_at: string;
}

export class TokenUsesList {
  @ApiProperty({ type: [TokenUsesView] })
  items: TokenUsesView[];
}

export const toTokenUsesView = (row: TokenUsesRow): TokenUsesView => ({
  ...row,
  last_used_at: row.last_used_at.toISOString(),
});
