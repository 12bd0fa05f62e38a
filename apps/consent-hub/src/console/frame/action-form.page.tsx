import type { ComponentChildren } from 'preact';
import { Csrf, renderCard, type PageContext } from './frame.js';
import { ReasonField, type SentReason } from './reason-field.js';
import { LONGEST_REASON } from './form-values.js';

interface ActionForm {
  readonly title: string;
  /** Where the form is sent, and where it leads when it is not; paths without the base. */
  readonly action: string;
  readonly cancel: string;
  readonly button: string;
  /** Whether it cannot be taken back. */
  readonly isFinal?: boolean;
  readonly sent?: SentReason | undefined;
  /** What is asked for in addition to the reason, and the effect of the action. */
  readonly children: ComponentChildren;
}

/** Asks for a reason, and for what else an action needs, before anything is done. */
export const renderActionForm = (
  context: PageContext,
  { title, action, cancel, button, isFinal = false, sent, children }: ActionForm,
): string =>
  renderCard({
    title,
    context,
    children: (
      <form method="post" action={context.base + action} class="stack">
        {children}
        <ReasonField sent={sent} longest={LONGEST_REASON} />
        <Csrf context={context} />
        <div class="actions">
          <button class={isFinal ? 'danger' : undefined}>{button}</button>
          <a class="button quiet" href={context.base + cancel}>
            Cancel
          </a>
        </div>
      </form>
    ),
  });
