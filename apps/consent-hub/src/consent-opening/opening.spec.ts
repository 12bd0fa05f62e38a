import { Problem } from '@consent-hub/platform';
import type { OpenConsentRequest } from './open-consent.request.js';
import { toOpening } from './opening.js';

const ANYWHERE = { returnUrls: null };
const IBAN = 'BE83063154780915';
const request = (fields: Partial<OpenConsentRequest>): OpenConsentRequest => ({
  scope: 'AIS',
  brand: 'belfius',
  psu_ref: 'customer-4711',
  ...fields,
});
const problemOf = (fields: Partial<OpenConsentRequest>): Problem['details'] => {
  try {
    toOpening(ANYWHERE, request(fields));
  } catch (error) {
    if (error instanceof Problem) return error.details;
  }
  throw new Error('it was accepted');
};

describe('the account of a new consent', () => {
  it('is given for CAF', () => {
    expect(toOpening(ANYWHERE, request({ scope: 'CAF', iban: IBAN })).subject).toEqual({
      scope: 'CAF',
      iban: IBAN,
    });
  });

  it.each(['AIS', 'PIS'] as const)('is absent for %s', (scope) => {
    expect(toOpening(ANYWHERE, request({ scope })).subject).toEqual({ scope, iban: null });
    expect(toOpening(ANYWHERE, request({ scope, iban: null })).subject).toEqual({ scope, iban: null });
  });

  it.each(['AIS', 'PIS'] as const)('is refused for %s', (scope) => {
    expect(problemOf({ scope, iban: IBAN })).toMatchObject({
      status: 422,
      code: 'iban_not_allowed',
      errors: [{ field: 'iban' }],
    });
  });

  it.each([
    ['in another country', 'NL91ABNA0417164300'],
    ['at another bank in Belgium', 'BE68539007547034'],
    ['with a bank code between those of the bank', 'BE53561000000053'],
  ])('is refused when it is held %s', (_where, iban) => {
    expect(problemOf({ scope: 'CAF', iban })).toMatchObject({
      status: 422,
      code: 'iban_not_of_bank',
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
    const { returnUrl } = toOpening(
      ANYWHERE,
      request({ return_url: 'https://bücher.example/zurück?a=1%20b' }),
    );
    expect(returnUrl).toBe('https://xn--bcher-kva.example/zur%C3%BCck?a=1%20b');
  });

  it('is one of those that the client is registered with, to the letter', () => {
    const client = { returnUrls: new Set(['https://app.example/done']) };
    const wanted = (returnUrl: string) => () => toOpening(client, request({ return_url: returnUrl }));
    expect(wanted('https://app.example/done')().returnUrl).toBe('https://app.example/done');
    for (const other of [
      'https://app.example/done/',
      'https://app.example/done?to=https://evil.example',
      'https://APP.example/done',
      'https://app.example.evil.example/done',
    ])
      expect(wanted(other)).toThrow(Problem);
    expect(toOpening(client, request({})).returnUrl).toBeNull();
  });

  it('is null when there is none', () => {
    expect(toOpening(ANYWHERE, request({})).returnUrl).toBeNull();
  });
});
