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
import { CurrentVisit, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { textOf } from '../frame/form-values.js';
import { leadTo, pageReply } from '../frame/page-reply.js';
import { renderPersonSearch } from './people.pages.js';
import { PersonErasureService } from './person-erasure.service.js';
import { PersonService } from './person.service.js';
import { renderReceipt } from './receipt.page.js';

const INVISIBLE = /[\p{Cc}\p{Cs}]/gu;
const LONGEST = 256;

/** Finds a person by a name that is in no address, and shows receipts of erasures. */
@ApiExcludeController()
@Public()
@Controller('console/people')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class PeopleController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly people: PersonService,
    private readonly erasures: PersonErasureService,
  ) {}

  @Get()
  ask(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): void {
    pageReply(reply, renderPersonSearch({ ...visit, base: this.site.base }));
  }

  @RouteConfig(TAKES_FORM)
  @Post()
  async find(
    @CurrentVisit() visit: ConsoleVisit,
    @Body() form: { readonly psu_ref?: unknown } | null | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const psuRef = textOf(form?.psu_ref).replaceAll(INVISIBLE, '').trim().slice(0, LONGEST);
    const id = psuRef === '' ? null : await this.people.consentOf(psuRef);
    if (id === null)
      return pageReply(reply, renderPersonSearch({ ...visit, base: this.site.base }, psuRef), 404);
    leadTo(reply, `${this.site.base}/console/consents/${id}/person`);
  }

  @Get('receipts/:id')
  async showReceipt(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    pageReply(reply, renderReceipt({ ...visit, base: this.site.base }, await this.erasures.receipt(id)));
  }
}
