import { Injectable } from '@nestjs/common';
import type { PersonConsent } from '@consent-hub/consent';
import { PageBrand, renderDocument } from '@consent-hub/platform';
import type { JSX } from 'preact';
import type { PageLanguage } from '../http-api/page-language.js';
import { pageAnswer, type PageAnswer } from '../http-api/page-reply.js';
import type { Mood } from '../http-api/sign.js';
import type { ConnectionDetail, ConnectionList, ReturnedRenewal } from './connections.service.js';
import type { Outcome } from './outcome.js';
import type { Refusal } from './page-refusal.js';
import { RenewPage, StopPage } from './pages/action-pages.js';
import { DetailPage } from './pages/detail-page.js';
import { bankOf } from './pages/facts.js';
import { contextOf, Form, type PageContext } from './pages/frame.js';
import { EndedPage, ListPage } from './pages/list-page.js';
import { Button, MessagePage, MissingAccounts } from './pages/message-page.js';
import type { Visitor } from './psu-session.guard.js';

const MOODS: Readonly<Record<Outcome, Mood>> = {
  done: 'good',
  done_fewer: 'good',
  in_progress: 'wait',
  waiting: 'wait',
  // A person who decides against it has made no mistake.
  cancelled: 'none',
  failed: 'bad',
  timed_out: 'none',
  replaced: 'none',
  ended: 'none',
};

/** These are no faults: the person can continue. */
const CALM: ReadonlySet<Refusal> = new Set([
  'link_used',
  'link_expired',
  'session_over',
  'not_stoppable',
  'not_renewable',
]);

/** The pages of a person, each as an answer. */
@Injectable()
export class PsuPages {
  constructor(private readonly brand: PageBrand) {}

  list(visitor: Visitor, list: ConnectionList): PageAnswer {
    return this.page(<ListPage context={this.of(visitor, '/my')} list={list} />);
  }

  ended(visitor: Visitor, list: ConnectionList): PageAnswer {
    return this.page(<EndedPage context={this.of(visitor, '/my/ended')} list={list} />);
  }

  detail(visitor: Visitor, detail: ConnectionDetail): PageAnswer {
    const context = this.of(visitor, `/my/consents/${detail.consent.id}`);
    return this.page(<DetailPage context={context} detail={detail} />);
  }

  stop(visitor: Visitor, consent: PersonConsent): PageAnswer {
    const context = this.of(visitor, `/my/consents/${consent.id}/stop`);
    return this.page(<StopPage context={context} consent={consent} />);
  }

  stopped(visitor: Visitor, consent: PersonConsent): PageAnswer {
    const context = this.of(visitor, `/my/consents/${consent.id}/stopped`);
    const message = context.texts.stop.done(bankOf(consent));
    return this.page(
      <MessagePage context={context} message={message} outcome="stopped" mood="good">
        {this.waysOn(context)}
      </MessagePage>,
    );
  }

  renew(visitor: Visitor, consent: PersonConsent): PageAnswer {
    const context = this.of(visitor, `/my/consents/${consent.id}/renew`);
    return this.page(<RenewPage context={context} consent={consent} />);
  }

  /** An intermediate page: no security policy lets a form redirect to a bank whose address is not known beforehand. */
  goingOn(visitor: Visitor, consent: PersonConsent): PageAnswer {
    const context = this.of(visitor, `/my/renewals/${consent.id}`);
    const bank = bankOf(consent);
    const onTo = `${this.brand.base}/start/${consent.id}?language=${visitor.language}`;
    const message = context.texts.renew.goingOn(bank);
    return this.page(
      <MessagePage context={context} message={message} outcome="going_on" mood="way" onTo={onTo}>
        <Button to={onTo}>{context.texts.actions.toBank(bank)}</Button>
      </MessagePage>,
    );
  }

  returned(visitor: Visitor, { consent, outcome, missing }: ReturnedRenewal): PageAnswer {
    const context = this.of(visitor);
    const { actions, returned } = context.texts;
    const address = `${this.brand.base}/my/returned?consent_id=${consent.id}`;
    return this.page(
      <MessagePage context={context} message={returned[outcome]} outcome={outcome} mood={MOODS[outcome]}>
        {missing.length > 0 && <MissingAccounts context={context} ibans={missing} />}
        {outcome === 'in_progress' && <Button to={address}>{actions.lookAgain}</Button>}
        {outcome === 'waiting' && (
          <Button to={`${this.brand.base}/my/renewals/${consent.id}`}>
            {actions.toBank(bankOf(consent))}
          </Button>
        )}
        {this.waysOn(context)}
      </MessagePage>,
    );
  }

  /** For a person who follows a link: only the button uses it up, so that programs that open links leave it as it is. */
  link(token: string, language: PageLanguage): PageAnswer {
    const context = contextOf(this.brand, { language, visitor: null });
    const message = context.texts.link(context.tpp);
    return this.page(
      <MessagePage context={context} message={message} outcome="link" mood="way">
        <Form context={context} action={`/my/${token}`}>
          <button class="button">{context.texts.actions.open}</button>
        </Form>
      </MessagePage>,
    );
  }

  signedOut(language: PageLanguage): PageAnswer {
    const context = contextOf(this.brand, { language, visitor: null });
    const { signedOut } = context.texts;
    return this.page(<MessagePage context={context} message={signedOut} outcome="signed_out" mood="good" />);
  }

  refusal(
    refusal: Refusal,
    status: number,
    { language, visitor }: { readonly language: PageLanguage; readonly visitor: Visitor | null },
  ): PageAnswer {
    const context = contextOf(this.brand, { language, visitor });
    return this.page(
      <MessagePage
        context={context}
        message={context.texts.refusals[refusal]}
        outcome={refusal}
        mood={CALM.has(refusal) ? 'none' : 'bad'}
      >
        {visitor && this.waysOn(context)}
      </MessagePage>,
      status,
    );
  }

  private of(visitor: Visitor, path = '/my'): PageContext {
    return contextOf(this.brand, { language: visitor.language, visitor, path });
  }

  private waysOn({ texts, tpp, visitor }: PageContext): JSX.Element {
    return (
      <div class="actions">
        <Button to={`${this.brand.base}/my`} isQuiet>
          {texts.actions.backToList}
        </Button>
        {visitor?.returnUrl != null && (
          <Button to={visitor.returnUrl} isQuiet>
            {texts.actions.backTo(tpp)}
          </Button>
        )}
      </div>
    );
  }

  private page(page: JSX.Element, status = 200): PageAnswer {
    return pageAnswer(renderDocument(page), this.brand.formPolicy, status);
  }
}
