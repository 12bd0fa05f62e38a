import { ApiProperty } from '@nestjs/swagger';
import type { TokenUses } from './consent-query.service.js';

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

/** A client is shown by its name; the counts have no foreign key, so a client whose row was removed is shown by its id. */
export const toTokenUsesList = ({ readers, clientNames }: TokenUses): TokenUsesList => ({
  items: readers.map(({ apiClientId, uses, lastUsedAt }) => ({
    api_client: clientNames.get(apiClientId) ?? apiClientId,
    api_client_id: apiClientId,
    count: uses,
    last_used_at: lastUsedAt.toISOString(),
  })),
});
