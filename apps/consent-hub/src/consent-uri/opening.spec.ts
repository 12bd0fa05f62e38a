import { Problem } from '@consent-hub/platform';
import type { OpenConsentRequest } from './open-consent.request.js';
import { toOpening } from './opening.js';

const IBAN = 'BE68539007547034';
const request = (fields: Partial<OpenConsentRequest>): OpenConsentRequest => ({
  scope: 'AIS',
  brand: 'belfius',
  psu_ref: 'customer-4711',
  ...fields,
});
const problemOf = (fields: Partial<OpenConsentRequest>): Problem['details'] => {
  try {
    toOpening(request(fields));
  } catch (error) {
    if (error instanceof Problem) return error.details;
  }
  throw new Error('it was accepted');
};

describe('the account of a new consent', () => {
  it('is given for CAF', () => {
    expect(toOpening(request({ scope: 'CAF', iban: IBAN })).subject).toEqual({ scope: 'CAF', iban: IBAN });
  });

  it.each(['AIS', 'PIS'] as const)('is absent for %s', (scope) => {
    expect(toOpening(request({ scope })).subject).toEqual({ scope, iban: null });
    expect(toOpening(request({ scope, iban: null })).subject).toEqual({ scope, iban: null });
  });

  it.each(['AIS', 'PIS'] as const)('is refused for %s', (scope) => {
    expect(problemOf({ scope, iban: IBAN })).toMatchObject({
      status: 422,
      code: 'iban_not_allowed',
      errors: [{ field: 'iban' }],
    });
  });

  it('is demanded for CAF', () => {
    const wanted = { status: 422, code: 'iban_required', errors: [{ field: 'iban' }] };
    expect(problemOf({ scope: 'CAF' })).toMatchObject(wanted);
    expect(problemOf({ scope: 'CAF', iban: null })).toMatchObject(wanted);
  });
});

describe('the return URL of a new consent', () => {
  it('is spelled in ASCII, fit for a header', () => {
    const { returnUrl } = toOpening(request({ return_url: 'https://bücher.example/zurück?a=1%20b' }));
    expect(returnUrl).toBe('https://xn--bcher-kva.example/zur%C3%BCck?a=1%20b');
  });

  it('is null when there is none', () => {
    expect(toOpening(request({})).returnUrl).toBeNull();
  });
});
