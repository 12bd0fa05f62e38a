import type { ComponentChildren, JSX } from 'preact';
import { LONGEST_REASON } from '../consents/consent-actions.js';
import { Csrf, renderCard, type PageContext } from './frame.js';

/** What was typed in as a reason, and what is wrong with it, where the form was sent before. */
export interface SentReason {
  readonly reason: string;
  readonly fault: string;
}

interface ReasonPage {
  readonly context: PageContext;
  readonly title: string;
  /** Path of the console below which the form is sent. */
  readonly action: string;
  /** Where the person came from. */
  readonly cancel: string;
  readonly button: string;
  /** Whether it cannot be taken back. */
  readonly isFinal: boolean;
  readonly sent?: SentReason | undefined;
  /** What is about to be done, and to what. */
  readonly children: ComponentChildren;
}

const Reason = ({ sent }: { readonly sent: SentReason | undefined }): JSX.Element => (
  <div>
    <label for="reason">Why? The audit shows it. Name no customer here: the audit is never erased.</label>
    <textarea
      id="reason"
      name="reason"
      required
      minLength={3}
      maxLength={LONGEST_REASON}
      aria-invalid={sent ? true : undefined}
      aria-describedby={sent ? 'reason-fault' : undefined}
    >
      {sent?.reason ?? ''}
    </textarea>
    {sent && (
      <p class="fault" id="reason-fault">
        {sent.fault}
      </p>
    )}
  </div>
);

/** Asks for a reason before anything is done. */
export const renderReasonPage = (page: ReasonPage): string =>
  renderCard({
    title: page.title,
    context: page.context,
    children: (
      <form method="post" action={page.context.base + page.action} class="stack">
        {page.children}
        <Reason sent={page.sent} />
        <Csrf context={page.context} />
        <div class="actions">
          <button class={page.isFinal ? 'danger' : undefined}>{page.button}</button>
          <a class="button quiet" href={page.context.base + page.cancel}>
            Cancel
          </a>
        </div>
      </form>
    ),
  });
