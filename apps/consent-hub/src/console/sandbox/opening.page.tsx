import { BRAND_NAMES, BRANDS } from '@consent-hub/psd2-protocol';
import { renderActionForm } from '../frame/action-form.page.js';
import { Select } from '../frame/fields.js';
import { renderCard, type PageContext } from '../frame/frame.js';
import {
  keyOf,
  OPENED_SCOPES,
  type OpeningChoices,
  type OpeningFaults,
  type SentOpening,
} from './opening-form.js';
import type { SandboxCustomer } from './bank-control.client.js';

const MEANS: Readonly<Record<(typeof OPENED_SCOPES)[number], string>> = {
  AIS: 'AIS: account information',
  CAF: 'CAF: funds of the first account',
};

const accountsText = ({ accounts }: SandboxCustomer): string => {
  const [only] = accounts;
  if (only === undefined) return 'no account';
  return accounts.length === 1 ? only.label : `${accounts.length} accounts`;
};

/** Asks for which customer of the sandbox bank a consent is opened. */
export const renderOpening = (
  context: PageContext,
  { customers, clients }: OpeningChoices,
  sent: SentOpening,
  faults: OpeningFaults = {},
): string =>
  renderActionForm(context, {
    title: 'Open a consent at the sandbox bank',
    action: '/console/sandbox/open',
    cancel: '/console/sandbox',
    button: 'Open the consent',
    sent: { reason: sent.reason, fault: faults.reason },
    children: (
      <>
        <p>
          The hub asks the bank for its link, which the page of the sandbox then shows: follow it, and log in
          as this customer. An older link of the same customer, bank and scope is replaced.
        </p>
        <Select
          name="customer"
          label="Customer of the sandbox bank"
          value={sent.customer}
          fault={faults.customer}
          groups={BRANDS.map((brand) => [
            BRAND_NAMES[brand],
            customers
              .filter((one) => one.brand === brand)
              .map((one) => [keyOf(one), `${one.name}, ${accountsText(one)}`] as const),
          ])}
        />
        <Select
          name="scope"
          label="Scope"
          value={sent.scope}
          fault={faults.scope}
          groups={[[null, OPENED_SCOPES.map((scope) => [scope, MEANS[scope]] as const)]]}
        />
        <Select
          name="client"
          label="API client to which the consent belongs"
          value={sent.client}
          fault={faults.client}
          groups={[[null, clients.map(({ id, name }) => [id, name] as const)]]}
        />
      </>
    ),
  });

/** In the place of the form, where no API client could have the consent. */
export const renderNoClient = (context: PageContext): string =>
  renderCard({
    context,
    title: 'No API client may open consents',
    children: (
      <>
        <p>
          A consent belongs to an API client with the permission <code>consents:write</code>. A person with
          the role security makes one.
        </p>
        <p class="actions">
          <a class="button" href={`${context.base}/console/clients`}>
            API clients
          </a>
        </p>
      </>
    ),
  });
