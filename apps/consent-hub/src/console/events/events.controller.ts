import type { FeedEvent } from '@consent-hub/consent';
import { Public } from '@consent-hub/platform';
import { Controller, Get, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleFailure } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { RecordedExportService } from '../audit/recorded-export.service.js';
import { isExportFormat, type ExportedRow } from '../frame/export.js';
import { pageReply } from '../frame/page-reply.js';
import { faultOf, readEventFilter, toFeedFilter, writeEventFilter } from './event-filter.js';
import { EventHistoryService } from './event-history.service.js';
import { renderEvents } from './events.page.js';

const POSITION = /^[1-9]\d{0,15}$/;
const UNREADABLE = new ConsoleFailure(
  400,
  'This address cannot be read',
  'A part of it is not of the right form. Begin with the first page of the events.',
);
const COLUMNS = [
  ...['id', 'position', 'at', 'type', 'consent_id', 'previous_state', 'state', 'reason', 'actor'],
  ...['api_client_id', 'data'],
];

/** What happened to consents and to the hub. */
@ApiExcludeController()
@Public()
@Controller('console/events')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ConsoleEventsController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly history: EventHistoryService,
    private readonly exports: RecordedExportService,
  ) {}

  @Get()
  async list(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = readEventFilter(query);
    const { from } = query;
    if (from !== undefined && (typeof from !== 'string' || !POSITION.test(from))) throw UNREADABLE;
    const fault = faultOf(filter);
    const found =
      fault ?? (await this.history.page(toFeedFilter(filter), from === undefined ? null : Number(from)));
    const context = { ...visit, base: this.site.base };
    pageReply(reply, renderEvents(context, filter, found), fault === undefined ? 200 : 400);
  }

  @Get('export')
  async export(
    @CurrentVisit() { session }: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = readEventFilter(query);
    const { format } = query;
    if (faultOf(filter) !== undefined || !isExportFormat(format)) throw UNREADABLE;
    await this.exports.send(reply, session, {
      action: 'export_events',
      what: 'events',
      format,
      filter: writeEventFilter(filter),
      columns: COLUMNS,
      batches: rowsOf(this.history.all(toFeedFilter(filter))),
    });
  }
}

async function* rowsOf(batches: AsyncIterable<readonly FeedEvent[]>): AsyncGenerator<readonly ExportedRow[]> {
  for await (const batch of batches) yield batch.map(rowOf);
}

const rowOf = (event: FeedEvent): ExportedRow => ({
  id: event.id,
  position: event.position,
  at: event.at.toISOString(),
  type: event.type,
  consent_id: event.consentId,
  previous_state: event.previousState,
  state: event.state,
  reason: event.reason,
  actor: event.actor,
  api_client_id: event.apiClientId,
  data: event.data,
});
