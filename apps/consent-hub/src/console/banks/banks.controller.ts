import { Public } from '@consent-hub/platform';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { Body, Controller, Get, Param, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { notFound } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { readReason, textOf } from '../frame/form-values.js';
import { BANK_ACTIONS, type BankActionName } from './bank-actions.js';
import { BankActionsService } from './bank-actions.service.js';
import { renderBankAction, renderBanks } from './banks.page.js';
import { BANK_RANGES, BanksService, type BankRange } from './banks.service.js';

type Form = { readonly reason?: unknown } | null | undefined;
type AddressQuery = Readonly<Record<string, unknown>>;

/** The refreshes at each brand of the bank, and what people do about them. */
@ApiExcludeController()
@Public()
@Controller('console/banks')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class BanksController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly banks: BanksService,
    private readonly actions: BankActionsService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: AddressQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const range = readRange(query['range']);
    const [banks, failures, latencies] = await Promise.all([
      this.banks.read(),
      this.banks.failuresOf(range),
      this.banks.latenciesOf(range),
    ]);
    const page = { banks, failures, latencies, range, done: readDone(query) };
    pageReply(reply, renderBanks(this.context(visit), page));
  }

  @Get(':brand/pause')
  @NeedsRole('operator')
  confirmPause(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('brand') brand: string,
    @Res() reply: FastifyReply,
  ) {
    this.confirm('pause', visit, brand, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post(':brand/pause')
  @NeedsRole('operator')
  pause(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('brand') brand: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act('pause', visit, { brand, body }, reply);
  }

  @Get(':brand/resume')
  @NeedsRole('operator')
  confirmResume(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('brand') brand: string,
    @Res() reply: FastifyReply,
  ) {
    this.confirm('resume', visit, brand, reply);
  }

  @RouteConfig(TAKES_FORM)
  @Post(':brand/resume')
  @NeedsRole('operator')
  resume(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('brand') brand: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.act('resume', visit, { brand, body }, reply);
  }

  private confirm(name: BankActionName, visit: ConsoleVisit, given: string, reply: FastifyReply): void {
    pageReply(reply, renderBankAction(this.context(visit), { name, brand: readBrand(given) }));
  }

  private async act(
    name: BankActionName,
    visit: ConsoleVisit,
    given: { readonly brand: string; readonly body: unknown },
    reply: FastifyReply,
  ): Promise<void> {
    const brand = readBrand(given.brand);
    const typed = (given.body as Form)?.reason;
    const read = readReason(typed);
    if ('fault' in read) {
      const sent = { reason: textOf(typed), fault: read.fault };
      pageReply(reply, renderBankAction(this.context(visit), { name, brand, sent }), 400);
      return;
    }
    await this.actions.act({ name, session: visit.session, brand, reason: read.reason });
    const done = new URLSearchParams({ done: name, brand });
    void reply.code(303).header('location', `${this.site.base}/console/banks?${done}`).send();
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}

function readBrand(given: unknown): Brand {
  const brand = BRANDS.find((one) => one === given);
  if (!brand) throw notFound('bank');
  return brand;
}

const readRange = (given: unknown): BankRange =>
  typeof given === 'string' && Object.hasOwn(BANK_RANGES, given) ? (given as BankRange) : '24h';

/** What the address says was just done; null where it says nothing that can be. */
function readDone(query: AddressQuery): { readonly name: BankActionName; readonly brand: Brand } | null {
  const brand = BRANDS.find((one) => one === query['brand']);
  const name = (Object.keys(BANK_ACTIONS) as BankActionName[]).find((one) => one === query['done']);
  return brand && name ? { name, brand } : null;
}
