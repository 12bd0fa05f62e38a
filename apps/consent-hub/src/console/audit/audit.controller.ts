import { Public } from '@consent-hub/platform';
import { Controller, Get, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleFailure } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { readPosition } from '../consents/consent-filter.js';
import { isExportFormat, type ExportedRow } from '../frame/export.js';
import { pageReply } from '../frame/page-reply.js';
import {
  AdminActionRepository,
  type AdminAction,
  type AdminActionFilter,
  type AdminActionPosition,
} from './admin-action.repository.js';
import { readAuditFilter, toActionFilter, writeAuditFilter } from './audit-filter.js';
import { renderAudit } from './audit.page.js';
import { RecordedExportService } from './recorded-export.service.js';

const PER_PAGE = 50;
const PER_BATCH = 500;
const COLUMNS = ['id', 'at', 'subject', 'name', 'roles', 'action', 'reason', 'consent_id', 'data'] as const;

const UNREADABLE = new ConsoleFailure(
  400,
  'This address cannot be read',
  'A part of it is not of the right form. Begin with the first page of the audit.',
);

/** What people did in the console. */
@ApiExcludeController()
@Public()
@Controller('console/audit')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class AuditController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly actions: AdminActionRepository,
    private readonly exports: RecordedExportService,
  ) {}

  @Get()
  async list(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = readAuditFilter(query);
    const wanted = toActionFilter(filter);
    const after = query['after'] === undefined ? undefined : readPosition(query['after']);
    if (after === null) throw UNREADABLE;
    const isFaulty = wanted instanceof Map;
    const found = isFaulty ? wanted : await this.actions.page(wanted as AdminActionFilter, PER_PAGE, after);
    pageReply(reply, renderAudit({ ...visit, base: this.site.base }, filter, found), isFaulty ? 400 : 200);
  }

  @Get('export')
  async export(
    @CurrentVisit() { session }: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = readAuditFilter(query);
    const wanted = toActionFilter(filter);
    const { format } = query;
    if (wanted instanceof Map || !isExportFormat(format)) throw UNREADABLE;
    await this.exports.send(reply, session, {
      action: 'export_actions',
      what: 'audit',
      format,
      filter: writeAuditFilter(filter),
      columns: COLUMNS,
      batches: this.rows(wanted as AdminActionFilter),
    });
  }

  private async *rows(filter: AdminActionFilter): AsyncGenerator<readonly ExportedRow[]> {
    let after: AdminActionPosition | undefined;
    do {
      const { items, next } = await this.actions.page(filter, PER_BATCH, after);
      yield items.map(rowOf);
      after = next ?? undefined;
    } while (after);
  }
}

const rowOf = ({ id, at, subject, name, roles, ...action }: AdminAction): ExportedRow => ({
  id,
  at: at.toISOString(),
  subject,
  name,
  roles: roles.join(' '),
  action: action.action,
  reason: action.reason,
  consent_id: action.consentId,
  data: action.data,
});
