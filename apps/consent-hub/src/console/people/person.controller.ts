import { Public } from '@consent-hub/platform';
import {
  Body,
  Controller,
  Get,
  Param,
  ParseUUIDPipe,
  Post,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { mayActAs } from '../access/console-role.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard, roleMissing } from '../access/console.guard.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { readReason, textOf } from '../frame/form-values.js';
import { renderErasure, renderExportForm, renderPerson } from './people.pages.js';
import { PersonErasureService } from './person-erasure.service.js';
import { PersonExportService } from './person-export.service.js';
import { PersonService } from './person.service.js';

type Form = Readonly<Record<string, unknown>> | null | undefined;

/** The person of a consent. The address names the consent, never the person. */
@ApiExcludeController()
@Public()
@Controller('console/consents/:id/person')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class PersonController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly people: PersonService,
    private readonly exports: PersonExportService,
    private readonly erasures: PersonErasureService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderPerson(this.context(visit), await this.people.read(id)));
  }

  @Get('export')
  async askToExport(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderExportForm(this.context(visit), await this.people.read(id)));
  }

  @RouteConfig(TAKES_FORM)
  @Post('export')
  async export(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { session } = visit;
    const isFull = form?.['full'] !== undefined;
    if (isFull && !mayActAs(session, 'security')) throw roleMissing('security');
    const detail = await this.people.read(id);
    const read = readReason(form?.['reason']);
    if ('fault' in read) {
      const sent = { reason: textOf(form?.['reason']), fault: read.fault };
      return pageReply(reply, renderExportForm(this.context(visit), detail, sent), 400);
    }
    await this.exports.send(reply, { session, detail, reason: read.reason, isFull });
  }

  @Get('erase')
  @NeedsRole('operator')
  async askToErase(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderErasure(this.context(visit), await this.people.readKnown(id)));
  }

  @RouteConfig(TAKES_FORM)
  @Post('erase')
  @NeedsRole('operator')
  async erase(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() form: Form,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const detail = await this.people.readKnown(id);
    const { consents } = detail.holdings;
    const read = readReason(form?.['reason']);
    const count = textOf(form?.['count']).trim();
    const isConfirmed = count === String(consents);
    if ('fault' in read || !isConfirmed) {
      const reason = { reason: textOf(form?.['reason']), fault: 'fault' in read ? read.fault : undefined };
      const countFault = isConfirmed
        ? undefined
        : `Type ${consents}, the number of consents. Nothing was erased.`;
      const page = renderErasure(this.context(visit), detail, { reason, count, countFault });
      return pageReply(reply, page, 400);
    }
    const by = { session: visit.session, reason: read.reason };
    const receipt = await this.erasures.erase(by, detail, consents);
    leadTo(reply, `${this.site.base}/console/people/receipts/${receipt}`);
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
