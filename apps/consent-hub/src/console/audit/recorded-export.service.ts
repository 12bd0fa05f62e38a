import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import type { ConsoleSession } from '../access/console-session.repository.js';
import { AdminActionRepository, type NewAdminAction } from './admin-action.repository.js';

/** A file that a person takes along. */
export interface ExportedFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly lines: AsyncIterable<string>;
}

/** Writes to the audit that somebody takes a file along, then sends it as it is read. */
@Injectable()
export class RecordedExportService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: AdminActionRepository,
  ) {}

  async send(
    reply: FastifyReply,
    session: ConsoleSession,
    action: NewAdminAction,
    { name, type, lines }: ExportedFile,
  ): Promise<void> {
    await this.dataSource.transaction((tx) => this.actions.record(tx, session, action));
    void reply
      .headers({ 'content-type': type, 'content-disposition': `attachment; filename="${name}"` })
      .send(Readable.from(lines));
  }
}
