import { Injectable } from '@nestjs/common';
import { TimelineExports, type ExportedEntry, type ExportedMonth, type Junction } from '@consent-hub/consent';
import { Problem } from '@consent-hub/platform';
import { readExportCursor, type ExportTimelinesRequest } from './export-timelines.request.js';
import type { JoinExportsRequest } from './join-exports.request.js';
import { MONTH_NOT_OVER } from './timeline.problems.js';

/** Copies months of timelines out of the database. */
@Injectable()
export class TimelineExportsService {
  constructor(private readonly exports: TimelineExports) {}

  /** @throws Problem 409 `month_not_over` */
  async page({ month, limit, cursor }: ExportTimelinesRequest): Promise<ExportedEntry[]> {
    await this.demandOver(month);
    return this.exports.page(month, limit, cursor === undefined ? undefined : readExportCursor(cursor));
  }

  /** @throws Problem 409 `month_not_over` */
  async note(exported: ExportedMonth): Promise<ExportedMonth> {
    await this.demandOver(exported.month);
    await this.exports.note(exported);
    return exported;
  }

  join({ entries }: JoinExportsRequest): Promise<Junction[]> {
    return this.exports.junctions(
      entries.map(({ consent_id, seq, hash }) => ({ consentId: consent_id, seq, hash })),
    );
  }

  private async demandOver(month: string): Promise<void> {
    if (!(await this.exports.isOver(month))) throw new Problem(MONTH_NOT_OVER);
  }
}
