import { Public } from '@consent-hub/platform';
import { Controller, Get, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleFailure } from '../access/console-failure.js';
import { mayActAs } from '../access/console-role.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { RecordedExportService } from '../audit/recorded-export.service.js';
import { isExportFormat } from '../frame/export.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { consentColumns, consentRows } from './consent-export.js';
import { readFilter, readPosition, writeFilter, type ConsentFilter } from './consent-filter.js';
import { ConsentListingService, isFaulty } from './consent-listing.service.js';
import { renderConsents } from './consents.page.js';

const UNKNOWN_PLACE = new ConsoleFailure(
  400,
  'This page is not there',
  'The address of the page is cut off or changed. Begin with the first page of the search.',
);
const NOT_EXPORTED = new ConsoleFailure(
  400,
  'Nothing was exported',
  'A filter cannot be read, or the format is neither csv nor ndjson. Go back to the search, where it is marked.',
);

/** Personal data stays out of the audit, whose entries cannot be erased: of what names a person it says that it was asked for. */
const withoutPerson = (filter: ConsentFilter): URLSearchParams =>
  new URLSearchParams(
    [...writeFilter(filter)].map(([name, value]) => [name, name === 'q' ? 'given' : value]),
  );

@ApiExcludeController()
@Public()
@Controller('console/consents')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class ConsentsController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly listing: ConsentListingService,
    private readonly exports: RecordedExportService,
  ) {}

  @Get()
  async list(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = readFilter(query);
    const { base } = this.site;
    const id = await this.listing.idOf(filter);
    if (id !== null) return leadTo(reply, `${base}/console/consents/${id}`);
    const after = query['after'] === undefined ? null : readPosition(query['after']);
    if (query['after'] !== undefined && !after) throw UNKNOWN_PLACE;
    const found = await this.listing.page(filter, after);
    pageReply(reply, renderConsents({ ...visit, base }, filter, found), isFaulty(found) ? 400 : 200);
  }

  @Get('export')
  async export(
    @CurrentVisit() { session }: ConsoleVisit,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format } = query;
    const filter = readFilter(query);
    const criteria = await this.listing.criteria(filter);
    if (!isExportFormat(format) || isFaulty(criteria)) throw NOT_EXPORTED;
    const hasNumbers = mayActAs(session, 'security');
    await this.exports.send(reply, session, {
      action: 'export_consents',
      what: hasNumbers ? 'consents-with-account-numbers' : 'consents',
      format,
      filter: withoutPerson(filter),
      columns: consentColumns(hasNumbers),
      batches: consentRows(this.listing.all(criteria), hasNumbers),
    });
  }
}
