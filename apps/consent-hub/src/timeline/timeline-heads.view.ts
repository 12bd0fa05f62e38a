import { ApiProperty } from '@nestjs/swagger';
import type { HeadPage, RecomputedHash } from '@consent-hub/consent';

const HASH = {
  pattern: '^[0-9a-f]{64}$',
  example: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
};

export class TimelineHeadView {
  @ApiProperty({ format: 'uuid' })
  consent_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Number of the last entry', example: 3 })
  seq: number;

  @ApiProperty({ ...HASH, description: 'Its hash, SHA-256' })
  hash: string;
}

export class TimelineHeadsView {
  @ApiProperty({ type: [TimelineHeadView], description: 'In the order of their ids' })
  items: TimelineHeadView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
    example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
  })
  next_cursor: string | null;
}

export class RecomputedHashView {
  @ApiProperty({ format: 'uuid' })
  consent_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'As asked', example: 3 })
  seq: number;

  @ApiProperty({
    ...HASH,
    type: String,
    nullable: true,
    description:
      'Of that entry, recomputed from the first one on, or from the last dropped one on; null when an entry up to it is missing',
  })
  hash: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Number of the last entry that is there; 0: there is none',
    example: 5,
  })
  last_seq: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Number of the last entry that was dropped with its month; 0: none was',
    example: 0,
  })
  base_seq: number;
}

export class RecomputedHashesView {
  @ApiProperty({
    type: [RecomputedHashView],
    description:
      'In the order in which they were asked for; fewer where their timelines are long: ask again for the rest',
  })
  items: RecomputedHashView[];
}

export const toTimelineHeadsView = ({ heads, next }: HeadPage): TimelineHeadsView => ({
  items: heads.map(({ consentId, seq, hash }) => ({ consent_id: consentId, seq, hash })),
  next_cursor: next,
});

export const toRecomputedHashesView = (items: readonly RecomputedHash[]): RecomputedHashesView => ({
  items: items.map(({ consentId, seq, hash, lastSeq, baseSeq }) => ({
    consent_id: consentId,
    seq,
    hash,
    last_seq: lastSeq,
    base_seq: baseSeq,
  })),
});
