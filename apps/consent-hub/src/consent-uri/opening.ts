import { Problem } from '@consent-hub/platform';
import type { Brand, Language } from '@consent-hub/psd2-protocol';
import type { OpenConsentRequest } from './open-consent.request.js';

/** What the consent is for. The bank wants the account in advance for CAF alone (bank page "Flows"). */
export type Subject =
  { readonly scope: 'CAF'; readonly iban: string } | { readonly scope: 'AIS' | 'PIS'; readonly iban: null };

/** A consent that somebody wants to open, its fields consistent with each other. */
export interface Opening {
  readonly subject: Subject;
  readonly brand: Brand;
  readonly psuRef: string;
  readonly language: Language | null;
  readonly returnUrl: string | null;
}

/** @throws Problem 422 when account and scope do not belong together */
export const toOpening = (request: OpenConsentRequest): Opening => ({
  subject: toSubject(request),
  brand: request.brand,
  psuRef: request.psu_ref,
  language: request.language ?? null,
  // As the URL parser writes it: pure ASCII, fit for a Location header.
  returnUrl: request.return_url == null ? null : new URL(request.return_url).href,
});

function toSubject({ scope, iban }: OpenConsentRequest): Subject {
  if (scope === 'CAF') {
    if (iban == null)
      throw ibanProblem('iban_required', 'is required for scope CAF: the account whose funds are asked for');
    return { scope, iban };
  }
  if (iban != null) {
    const why =
      scope === 'AIS'
        ? "the PSU chooses the accounts on the bank's own screen"
        : 'a payment names its account itself';
    throw ibanProblem('iban_not_allowed', `is not allowed for scope ${scope}: ${why}`);
  }
  return { scope, iban: null };
}

const ibanProblem = (code: string, fault: string): Problem =>
  new Problem({
    status: 422,
    code,
    detail: `The field iban ${fault}.`,
    errors: [{ field: 'iban', detail: fault }],
  });
