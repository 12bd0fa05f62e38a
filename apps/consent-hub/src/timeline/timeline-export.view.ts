import { ApiProperty } from '@nestjs/swagger';
import type { ExportedEntry, Junction } from '@consent-hub/consent';
import { writeExportCursor } from './export-timelines.request.js';

const JUNCTIONS = ['joined', 'broken', 'unknown'] as const satisfies readonly Junction[];

export class ExportedEntryView {
  @ApiProperty({
    description:
      'A JSON array, as text: consent, number, moment, type, state before, state after, reason, actor, data, hash of the entry ' +
      'before. Its UTF-8 bytes are what was hashed.',
    example:
      '["0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70", 1, "2026-10-05T10:20:30.123456Z", "opened", null, "initiated", null, "client:1", {}, null]',
  })
  entry: string;

  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of `entry`',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Place in the order of all entries; null: written before there was one',
    example: '70312',
  })
  position: string | null;
}

export class TimelineExportView {
  @ApiProperty({ type: [ExportedEntryView], description: 'In the order of consents and numbers' })
  items: ExportedEntryView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'For the next page, as `cursor`; null after the last one',
    example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70.12',
  })
  next_cursor: string | null;
}

export class ExportedMonthView {
  @ApiProperty({ example: '2026-10' })
  month: string;

  @ApiProperty({ type: 'integer', example: 5120 })
  entries: number;

  @ApiProperty({
    pattern: '^[0-9a-f]{64}$',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  digest: string;
}

export class JunctionsView {
  @ApiProperty({
    enum: JUNCTIONS,
    isArray: true,
    description: [
      'For each entry, in their order:',
      '- `joined`: it is here, or it is the last one that was dropped',
      '- `broken`: another one is here in its place, or none though none was dropped',
      '- `unknown`: later entries were dropped too; their export shows it',
    ].join('\n'),
    example: ['joined'],
  })
  junctions: Junction[];
}

export function toTimelineExportView(entries: readonly ExportedEntry[], limit: number): TimelineExportView {
  const last = entries.at(-1);
  return {
    items: entries.map(({ entry, hash, position }) => ({ entry, hash, position })),
    next_cursor: last !== undefined && entries.length === limit ? writeExportCursor(last) : null,
  };
}
