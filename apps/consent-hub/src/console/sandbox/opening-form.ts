import type { ApiClientFacts, WantedConsent } from '@consent-hub/consent';
import { readReason, textOf } from '../frame/form-values.js';
import type { SandboxCustomer } from './bank-control.client.js';

/** What a person without a payment of their own can open a consent for. */
export const OPENED_SCOPES = ['AIS', 'CAF'] as const;

/** What can be chosen in the form. */
export interface OpeningChoices {
  readonly customers: readonly SandboxCustomer[];
  /** Those that may open consents. */
  readonly clients: readonly ApiClientFacts[];
}

/** The fields of the form as they came. */
export interface SentOpening {
  /** `<brand>/<id of the customer>`. */
  readonly customer: string;
  readonly scope: string;
  /** Id of an API client. */
  readonly client: string;
  readonly reason: string;
}

export const EMPTY_OPENING: SentOpening = { customer: '', scope: 'AIS', client: '', reason: '' };

export type OpeningFaults = Readonly<Partial<Record<keyof SentOpening, string>>>;

export const keyOf = ({ brand, id }: SandboxCustomer): string => `${brand}/${id}`;

export function readSentOpening(form: Readonly<Record<string, unknown>> | null | undefined): SentOpening {
  return {
    customer: textOf(form?.['customer']),
    scope: textOf(form?.['scope']),
    client: textOf(form?.['client']),
    reason: textOf(form?.['reason']),
  };
}

/** @returns the consent that is wanted, and why; or what is wrong, by the name of the field */
export function readOpening(
  sent: SentOpening,
  { customers, clients }: OpeningChoices,
): { readonly wanted: WantedConsent; readonly reason: string } | { readonly faults: OpeningFaults } {
  const customer = customers.find((one) => keyOf(one) === sent.customer);
  const scope = OPENED_SCOPES.find((one) => one === sent.scope);
  const client = clients.find(({ id }) => id === sent.client);
  const read = readReason(sent.reason);
  const iban = customer?.accounts.find(({ eligible }) => eligible)?.iban ?? null;
  const hasNoAccount = scope === 'CAF' && customer !== undefined && iban === null;
  if (customer && scope && client && 'reason' in read && !hasNoAccount) {
    const { id, brand, language } = customer;
    const account = scope === 'CAF' ? iban : null;
    return {
      wanted: { openedBy: client.id, brand, scope, iban: account, psuRef: `sandbox-${id}`, language },
      reason: read.reason,
    };
  }
  return {
    faults: {
      ...(!customer && { customer: 'Choose a customer of the sandbox bank.' }),
      ...(!scope && { scope: 'Choose what the consent is for.' }),
      ...(hasNoAccount && { scope: 'The customer has no account that may be asked about.' }),
      ...(!client && { client: 'Choose an API client that may open consents.' }),
      ...('fault' in read && { reason: read.fault }),
    },
  };
}
