import { BANK_ERROR, ERROR_STYLES } from '@consent-hub/psd2-protocol';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';

const words = (refusal: Refusal) =>
  ERROR_STYLES.map((style) => [refusal.status(style), refusal.toBody(style).error_code]);

describe('a refusal', () => {
  it('uses the error style of its version', () => {
    expect(words(new Refusal(BANK_ERROR.invalidRefreshToken))).toEqual([
      [401, '10006'],
      [401, 'GEN-1203-100004'],
      [401, 'GEN-1203-100004'],
    ]);
  });

  it('uses the current style where no older style of it is known', () => {
    expect(words(new Refusal(BANK_ERROR.securityParameters))).toEqual(
      Array.from({ length: 3 }, () => [401, 'GEN-1203-100008']),
    );
  });

  it('has the unprefixed codes for AIS only, not for CAF and PIS', () => {
    const codeOf = (scope?: 'AIS' | 'CAF' | 'PIS'): string =>
      new Refusal(BANK_ERROR.noActiveConsent, scope && { scope }).toBody('unprefixed').error_code;
    expect(codeOf('AIS')).toBe('B14800-3013-000000');
    for (const scope of ['CAF', 'PIS', undefined] as const)
      expect(codeOf(scope)).toBe('B14800ZZ-3013-000000');
  });

  it('names the faulty input where the description does', () => {
    const refusal = new Refusal(BANK_ERROR.invalidInput, { input: 'iban' });
    expect(refusal.toBody('numeric').error_description).toBe("Input 'iban' is not valid.");
    expect(refusal.toBody('current').error_description).toBe('Invalid request body/path/query input.');
  });

  it.each([
    [BANK_ERROR.invalidInput, 'Input is not valid.'],
    [BANK_ERROR.missingInput, 'Missing required input.'],
  ])('has a readable description where the input is not known', (row, sentence) => {
    expect(new Refusal(row).toBody('numeric').error_description).toBe(sentence);
  });

  it.each([
    ['unknownVersion', 406],
    ['bodyTooLarge', 413],
    ['unsupportedMediaType', 415],
  ] as const)('has the status of %s in every error style', (name, status) => {
    const refusal = new Refusal(SANDBOX_ERROR[name], { input: 'Accept' });
    expect(ERROR_STYLES.map((style) => refusal.status(style))).toEqual([status, status, status]);
  });

  it('has further fields besides the three', () => {
    const body = new Refusal(BANK_ERROR.scaRequired, { fields: { url: 'https://bank.example/' } }).toBody(
      'current',
    );
    expect(Object.keys(body)).toEqual(['error', 'error_code', 'error_description', 'url']);
  });
});
