import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ATTENTION_REASONS,
  EXPIRING_WITHIN_DAYS,
  FAILED_WITHIN_DAYS,
  MOST_COUNTED,
  type AttentionReason,
  type FoundConsent,
} from '@consent-hub/consent';
import { ConsentView, toConsentView } from '../http-api/consent.view.js';
import type { FoundPage } from './consent-search.service.js';

export class FoundConsentView extends ConsentView {
  @ApiProperty({
    enum: ATTENTION_REASONS,
    isArray: true,
    description:
      'Why it needs attention; empty for most. `in_doubt`: the answer to a call for its tokens was lost. ' +
      '`answer_unreadable`: the bank granted tokens in a form that cannot be read; the answer is kept. ' +
      `\`failed\`: in the last ${FAILED_WITHIN_DAYS} days, and no newer consent of the person has taken its place. ` +
      `\`expiring\`: live, for less than ${EXPIRING_WITHIN_DAYS} days. ` +
      '`accounts_refused`: live, and the bank refuses to return the accounts that the PSU chose; its timeline says how.',
    example: ['expiring'],
  })
  attention: readonly AttentionReason[];
}

export class FoundConsentsView {
  @ApiProperty({ type: [FoundConsentView], description: 'In the order asked for' })
  items: FoundConsentView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
    example: 'AQAGRPzNwxIAAZAAAAAAcACAAAAAAAAA_xY0aGUgbmV4dA0KIQ',
  })
  next_cursor: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MOST_COUNTED,
    description: 'With `count=true`: how many consents all pages hold',
    example: 17,
  })
  total?: number;

  @ApiPropertyOptional({
    description: `With \`count=true\`: false where there are more than \`total\`, which stops at ${MOST_COUNTED}`,
    example: true,
  })
  total_is_exact?: boolean;
}

const toFoundConsentView = ({ consent, attention }: FoundConsent): FoundConsentView => ({
  ...toConsentView(consent),
  attention,
});

export const toFoundConsentsView = ({ items, nextCursor, count }: FoundPage): FoundConsentsView => ({
  items: items.map(toFoundConsentView),
  next_cursor: nextCursor,
  ...(count && { total: count.count, total_is_exact: count.isExact }),
});
