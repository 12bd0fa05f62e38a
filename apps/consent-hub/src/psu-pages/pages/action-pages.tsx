import type { PersonConsent } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { bankOf, ConnectionHead, Facts } from './facts.js';
import { Form, Frame, type PageContext } from './frame.js';
import { BackToList } from './list-page.js';

interface ActionPage {
  readonly context: PageContext;
  readonly consent: PersonConsent;
}

const addressOf = ({ id }: PersonConsent): string => `/my/consents/${id}`;

/** Both ways are as easy: same buttons, one step each. */
export const StopPage = ({ context, consent }: ActionPage): JSX.Element => {
  const { texts, tpp, brand } = context;
  const { stop, actions } = texts;
  const bank = bankOf(consent);
  return (
    <Frame context={context} title={stop.title(bank)} outcome="stop" kind="own">
      <BackToList context={context} />
      <h1>{stop.title(bank)}</h1>
      <p class="lead">{stop.lead}</p>
      <section class="card">
        <ConnectionHead consent={consent} context={context} />
        <Facts consent={consent} context={context} />
      </section>
      <section class="card">
        <h2>{stop.stops}</h2>
        <ul>
          {texts.scopes[consent.scope].stops(tpp).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </section>
      <section class="card">
        <h2>{stop.stays}</h2>
        <ul>
          {stop.staying(bank, tpp).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
        <p>{stop.atBank(bank)}</p>
      </section>
      <div class="actions">
        <Form context={context} action={`${addressOf(consent)}/stop`}>
          <button class="button quiet">{actions.stop}</button>
        </Form>
        <a class="button quiet" href={`${brand.base}/my`}>
          {actions.keep}
        </a>
      </div>
    </Frame>
  );
};

export const RenewPage = ({ context, consent }: ActionPage): JSX.Element => {
  const { texts, brand } = context;
  const { renew, actions } = texts;
  const bank = bankOf(consent);
  return (
    <Frame context={context} title={renew.title(bank)} outcome="renew" kind="own">
      <BackToList context={context} />
      <h1>{renew.title(bank)}</h1>
      <p class="lead">{renew.stays}</p>
      <section class="card">
        <ConnectionHead consent={consent} context={context} />
        <Facts consent={consent} context={context} />
      </section>
      <section class="card">
        <ol>
          {renew.steps(bank).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
      </section>
      <div class="actions">
        <Form context={context} action={`${addressOf(consent)}/renew`}>
          <button class="button">{actions.toBank(bank)}</button>
        </Form>
        <a class="button quiet" href={`${brand.base}/my`}>
          {actions.notNow}
        </a>
      </div>
    </Frame>
  );
};
