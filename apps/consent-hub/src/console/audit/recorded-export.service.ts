import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConsoleSession } from '../access/console-session.repository.js';
import {
  EXPORT_FORMATS,
  exportLines,
  exportName,
  type ExportedRow,
  type ExportFormat,
} from '../frame/export.js';
import {
  AdminActionRepository,
  type AdminActionName,
  type NewAdminAction,
} from './admin-action.repository.js';

/** A file that a person downloads. */
export interface ExportedFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly lines: AsyncIterable<string>;
}

/** Rows that a person downloads as a file. */
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

/** Records in the audit that a person exports something, then sends the file while its rows are read. */
@Injectable()
export class RecordedExportService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: AdminActionRepository,
  ) {}

  async send(reply: FastifyReply, session: ConsoleSession, exported: Export): Promise<void> {
    const { action, what, format, filter, columns, batches } = exported;
    const data = { format, ...Object.fromEntries(filter) };
    await this.sendFile(
      reply,
      session,
      { action, data },
      {
        name: exportName(what, filter, format),
        type: EXPORT_FORMATS[format],
        lines: exportLines(columns, batches, format),
      },
    );
  }

  /** @param alsoIn writes what else belongs to the entry of that id, in its transaction */
  async sendFile(
    reply: FastifyReply,
    session: ConsoleSession,
    action: NewAdminAction,
    { name, type, lines }: ExportedFile,
    alsoIn: (tx: EntityManager, actionId: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await alsoIn(tx, await this.actions.record(tx, session, action));
    });
    void reply
      .headers({ 'content-type': type, 'content-disposition': `attachment; filename="${name}"` })
      .send(Readable.from(lines));
  }
}
