import { Problem, type Caller, type ProblemKind } from '@consent-hub/platform';
import { listBrands, type Brand, type Language } from '@consent-hub/psd2-protocol';
import type { OpenConsentRequest } from './open-consent.request.js';
import { IBAN_NOT_ALLOWED, IBAN_NOT_OF_BANK, IBAN_REQUIRED } from './opening.problems.js';
import { toReturnUrl } from '../http-api/return-url.js';

/**
 * Bank codes of Belfius: the first three digits of a Belgian account number, as the National Bank of Belgium allocates them
 * (its page "Bank identification codes", BIC GKCCBEBB). All of its brands draw from them, so that no code distinguishes one from
 * another.
 */
const BANK_CODES: readonly (readonly [first: number, last: number])[] = [
  [50, 99],
  [550, 560],
  [562, 569],
  [624, 625],
  [638, 638],
  [657, 657],
  [672, 672],
  [680, 680],
  [682, 683],
  [775, 799],
  [830, 839],
];

/** @param iban in electronic format, its checksum right */
export function isOfBank(iban: string): boolean {
  const [, code] = /^BE\d{2}(\d{3})\d{9}$/.exec(iban) ?? [];
  return (
    code !== undefined && BANK_CODES.some(([first, last]) => first <= Number(code) && Number(code) <= last)
  );
}

/** What the consent is for. The bank wants the account in advance for CAF alone (bank page "Flows"). */
export type Subject =
  { readonly scope: 'CAF'; readonly iban: string } | { readonly scope: 'AIS' | 'PIS'; readonly iban: null };

/** A consent that a caller wants to open, its fields consistent with each other. */
export interface Opening {
  readonly subject: Subject;
  readonly brand: Brand;
  readonly psuRef: string;
  readonly language: Language | null;
  readonly returnUrl: string | null;
  readonly purpose: string | null;
}

/**
 * @throws Problem 422 when account and scope do not belong together, or the PSU may not be sent where the caller wants
 */
export const toOpening = (
  { returnUrls }: Pick<Caller, 'returnUrls'>,
  request: OpenConsentRequest,
): Opening => ({
  subject: toSubject(request),
  brand: request.brand,
  psuRef: request.psu_ref,
  language: request.language ?? null,
  purpose: request.purpose ?? null,
  returnUrl: toReturnUrl(request.return_url ?? null, returnUrls ?? null),
});

function toSubject({ scope, iban }: OpenConsentRequest): Subject {
  if (scope === 'CAF') {
    if (iban == null)
      throw ibanProblem(IBAN_REQUIRED, 'is required for scope CAF: the account whose funds are asked for');
    if (!isOfBank(iban))
      throw ibanProblem(IBAN_NOT_OF_BANK, `must be of an account at ${listBrands('disjunction')}`);
    return { scope, iban };
  }
  if (iban != null) {
    const why =
      scope === 'AIS'
        ? "the PSU chooses the accounts on the bank's own screen"
        : 'a payment names its account itself';
    throw ibanProblem(IBAN_NOT_ALLOWED, `is not allowed for scope ${scope}: ${why}`);
  }
  return { scope, iban: null };
}

const ibanProblem = (kind: ProblemKind, fault: string): Problem =>
  new Problem({
    ...kind,
    detail: `The field iban ${fault}.`,
    errors: [{ field: 'iban', detail: fault }],
  });
