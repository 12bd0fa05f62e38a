import { Public } from '@consent-hub/platform';
import { Body, Controller, Get, Param, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TAKES_FORM } from '../../http-api/form-body.js';
import { CurrentVisit, InBackground, NeedsRole, type ConsoleVisit } from '../access/console-access.js';
import { ConsoleFailureFilter } from '../access/console-failure.filter.js';
import { ConsoleFailure, notFound } from '../access/console-failure.js';
import { ConsoleSite } from '../access/console-site.js';
import { ConsoleGuard } from '../access/console.guard.js';
import { pageReply } from '../frame/page-reply.js';
import { readReason } from '../frame/form-values.js';
import { KeyListService } from './key-list.service.js';
import { isSecurityAction, SECURITY_ACTIONS, type SecurityActionName } from './security-actions.js';
import { SecurityActionsService } from './security-actions.service.js';
import { renderSecurity, renderSecurityAction } from './security.page.js';
import { SecurityService } from './security.service.js';
import { renderVaultKeys } from './vault-keys.js';

type Form = { readonly reason?: unknown; readonly key?: unknown } | null | undefined;

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const UNREADABLE = new ConsoleFailure(
  400,
  'This address cannot be read',
  'A part of it is not of the right form. Begin with the first page.',
);

/** Certificates, keys of the vault, verification of timelines and erasures, and what people do about them. */
@ApiExcludeController()
@Public()
@Controller('console/security')
@UseGuards(ConsoleGuard)
@UseFilters(ConsoleFailureFilter)
export class SecurityController {
  constructor(
    private readonly site: ConsoleSite,
    private readonly security: SecurityService,
    private readonly keys: KeyListService,
    private readonly actions: SecurityActionsService,
  ) {}

  @Get()
  async show(
    @CurrentVisit() visit: ConsoleVisit,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const before = readMoment(query['erased_before']);
    const done = isSecurityAction(query['done']) ? query['done'] : null;
    pageReply(reply, renderSecurity(this.context(visit), await this.security.read(before), done));
  }

  /** The part of the page that changes by itself. */
  @Get('keys')
  @InBackground()
  async showKeys(@CurrentVisit() visit: ConsoleVisit, @Res() reply: FastifyReply): Promise<void> {
    pageReply(reply, renderVaultKeys(this.context(visit), await this.keys.read()));
  }

  @Get('actions/:name')
  @NeedsRole('security')
  async confirm(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('name') given: string,
    @Query('key') key: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = readName(given);
    const keyId = await this.readKey(name, key);
    pageReply(reply, renderSecurityAction(this.context(visit), { name, keyId }));
  }

  @RouteConfig(TAKES_FORM)
  @Post('actions/:name')
  @NeedsRole('security')
  async act(
    @CurrentVisit() visit: ConsoleVisit,
    @Param('name') given: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = readName(given);
    const form = body as Form;
    const keyId = await this.readKey(name, form?.key);
    const read = readReason(form?.reason);
    if ('fault' in read) {
      const sent = { reason: typeof form?.reason === 'string' ? form.reason : '', fault: read.fault };
      pageReply(reply, renderSecurityAction(this.context(visit), { name, keyId, sent }), 400);
      return;
    }
    await this.actions.act({ name, session: visit.session, reason: read.reason, keyId });
    this.keys.forget();
    const place = `${this.site.base}/console/security?done=${name}#${SECURITY_ACTIONS[name].anchor}`;
    void reply.code(303).header('location', place).send();
  }

  /** @returns the key that is to be retired; empty for other actions */
  private async readKey(name: SecurityActionName, given: unknown): Promise<string> {
    if (name !== 'retire') return '';
    if (typeof given !== 'string') throw notFound('key');
    await this.actions.demandKey(given);
    return given;
  }

  private context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}

function readName(given: string): SecurityActionName {
  if (!isSecurityAction(given)) throw notFound('action');
  return given;
}

function readMoment(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !MOMENT.test(given) || Number.isNaN(Date.parse(given))) throw UNREADABLE;
  return given;
}
