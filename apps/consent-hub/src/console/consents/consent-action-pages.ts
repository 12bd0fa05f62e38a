import type { FastifyReply } from 'fastify';
import type { ConsoleVisit } from '../access/console-access.js';
import type { ConsoleSite } from '../access/console-site.js';
import { pageReply } from '../frame/page-reply.js';
import { readReason, textOf } from '../frame/form-values.js';
import { renderConfirmation } from './consent-action.page.js';
import type { ConsentActionsService } from './consent-actions.service.js';
import type { ConsentActionName } from './consent-actions.js';

type Form = { readonly reason?: unknown } | null | undefined;

/** What all actions on one consent have in common: a page that asks for the reason, and one to which they lead. */
export abstract class ConsentActionPages {
  protected constructor(
    protected readonly site: ConsoleSite,
    protected readonly actions: ConsentActionsService,
  ) {}

  protected async confirm(
    name: ConsentActionName,
    visit: ConsoleVisit,
    id: string,
    reply: FastifyReply,
  ): Promise<void> {
    const consent = await this.actions.get(id);
    pageReply(reply, renderConfirmation(this.context(visit), { consent, name }));
  }

  /** @returns null where the form was sent back */
  protected async reasonOr(
    name: ConsentActionName,
    visit: ConsoleVisit,
    { id, body }: { readonly id: string; readonly body: unknown },
    reply: FastifyReply,
  ): Promise<string | null> {
    const given = (body as Form)?.reason;
    const read = readReason(given);
    if ('reason' in read) return read.reason;
    const sent = { reason: textOf(given), fault: read.fault };
    const consent = await this.actions.get(id);
    pageReply(reply, renderConfirmation(this.context(visit), { consent, name, sent }), 400);
    return null;
  }

  protected done(name: ConsentActionName, id: string, reply: FastifyReply): void {
    void reply.code(303).header('location', `${this.site.base}/console/consents/${id}?done=${name}`).send();
  }

  protected context(visit: ConsoleVisit) {
    return { ...visit, base: this.site.base };
  }
}
