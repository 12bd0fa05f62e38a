import type { ConsentEntity } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import { renderActionForm } from '../frame/action-form.page.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { StateBadge } from '../frame/parts.js';
import type { SentReason } from '../frame/reason-field.js';
import { CONSENT_ACTIONS, type ConsentActionName } from './consent-actions.js';

interface Confirmation {
  readonly consent: ConsentEntity;
  readonly name: ConsentActionName;
  /** What was typed in, and what is wrong with it, where the form was sent before. */
  readonly sent?: SentReason;
}

/** Asks for a reason before anything is done. */
export function renderConfirmation(context: PageContext, { consent, name, sent }: Confirmation): string {
  const { title, text, button, isFinal } = CONSENT_ACTIONS[name];
  const address = `/console/consents/${consent.id}`;
  return renderActionForm(context, {
    title,
    action: `${address}/${name}`,
    cancel: address,
    button,
    isFinal,
    sent,
    children: (
      <>
        <p>
          <StateBadge state={consent.state} /> {BRAND_NAMES[consent.brand]} {consent.scope} of{' '}
          <b>{consent.psuRef}</b>
        </p>
        <p>{text}</p>
      </>
    ),
  });
}

/** The one page that shows account numbers in full. */
export const renderAccountNumbers = (
  context: PageContext,
  consent: ConsentEntity,
  ibans: readonly string[],
): string =>
  renderFrame({
    context,
    title: 'Account numbers',
    page: 'consents',
    asOf: new Date(),
    children: (
      <div class="card stack">
        <p>
          Of {BRAND_NAMES[consent.brand]} {consent.scope} of <b>{consent.psuRef}</b>. The timeline and the
          audit say that you saw them.
        </p>
        <ul>
          {ibans.map((iban) => (
            <li key={iban} class="mono">
              {iban.replaceAll(/(.{4})(?=.)/g, '$1 ')}
            </li>
          ))}
        </ul>
        <p class="actions">
          <a class="button quiet" href={`${context.base}/console/consents/${consent.id}`}>
            Back to the consent
          </a>
        </p>
      </div>
    ),
  });
