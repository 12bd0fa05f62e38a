import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import type { ConsoleSession } from '../access/console-session.repository.js';
import {
  EXPORT_FORMATS,
  exportLines,
  exportName,
  type ExportedRow,
  type ExportFormat,
} from '../frame/export.js';
import { AdminActionRepository, type AdminActionName } from './admin-action.repository.js';

/** What a person downloads as a file. */
export interface Export {
  readonly action: AdminActionName;
  /** First part of the name of the file. */
  readonly what: string;
  readonly format: ExportFormat;
  /** For the audit and the name of the file: personal data is replaced in it. */
  readonly filter: URLSearchParams;
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly ExportedRow[]>;
}

/** Records in the audit that a person exports rows, then sends the file while the rows are read. */
@Injectable()
export class RecordedExportService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: AdminActionRepository,
  ) {}

  async send(reply: FastifyReply, session: ConsoleSession, exported: Export): Promise<void> {
    const { action, what, format, filter, columns, batches } = exported;
    const data = { format, ...Object.fromEntries(filter) };
    await this.dataSource.transaction((tx) => this.actions.record(tx, session, { action, data }));
    const name = exportName(what, filter, format);
    void reply
      .headers({
        'content-type': EXPORT_FORMATS[format],
        'content-disposition': `attachment; filename="${name}"`,
      })
      .send(Readable.from(exportLines(columns, batches, format)));
  }
}
