import type { Secret } from '@consent-hub/psd2-protocol';
import type { ComponentChildren } from 'preact';
import { renderCard, type PageContext } from './frame.js';

interface NewSecret {
  readonly title: string;
  /** For screen readers: what the secret is. */
  readonly name: string;
  readonly secret: Secret;
  /** Path of the page that shows what it belongs to, without the base. */
  readonly back: string;
  readonly children: ComponentChildren;
}

/** The one page that ever shows a secret: the answer to the form that made it, which no cache keeps. */
export const renderNewSecret = (
  context: PageContext,
  { title, name, secret, back, children }: NewSecret,
): string =>
  renderCard({
    title,
    context,
    children: (
      <div class="stack">
        <p class="notice wait" role="status">
          It is shown only now. The hub keeps nothing from which it could be shown again.
        </p>
        <p class="secret">
          <span class="hide">{name}: </span>
          <code id="secret">{secret.reveal()}</code>
        </p>
        {children}
        <p class="actions">
          <a class="button" href={context.base + back}>
            I have stored it
          </a>
        </p>
      </div>
    ),
  });
