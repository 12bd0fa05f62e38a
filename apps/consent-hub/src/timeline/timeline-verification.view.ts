import { ApiProperty } from '@nestjs/swagger';
import { TIMELINE_FAULTS, type TimelineFault, type VerifiedPage } from '@consent-hub/consent';

export class BrokenTimelineView {
  @ApiProperty({ format: 'uuid' })
  consent_id: string;

  @ApiProperty({ type: 'integer', description: 'Number of the first entry that is broken', example: 3 })
  seq: number;

  @ApiProperty({
    enum: TIMELINE_FAULTS,
    description: [
      'What is wrong with it:',
      '- `missing`: it is not there, though later ones are',
      '- `changed`: it is not the one whose hash it bears',
      '- `unlinked`: it does not follow the one before; one of the two was rewritten',
      '- `cut_off`: the timeline once reached it',
      '- `rewritten`: the last one bears another hash than when it was written',
      '- `unanchored`: nothing is known of how far the timeline went',
      '- `ownerless`: the consent itself was removed',
    ].join('\n'),
    example: 'cut_off',
  })
  fault: TimelineFault;
}

export class TimelineVerificationView {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Timelines of this page', example: 1000 })
  consents: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Their entries', example: 5120 })
  entries: number;

  @ApiProperty({ type: [BrokenTimelineView], description: 'Those that are not as they were written' })
  broken: BrokenTimelineView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
    example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
  })
  next_cursor: string | null;
}

export const toTimelineVerificationView = (page: VerifiedPage): TimelineVerificationView => ({
  consents: page.consents,
  entries: page.entries,
  broken: page.broken.map(({ consentId, seq, fault }) => ({ consent_id: consentId, seq, fault })),
  next_cursor: page.next,
});
