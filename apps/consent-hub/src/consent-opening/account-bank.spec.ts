import { isOfBank } from './opening.js';

const withCode = (code: string): string => `BE00${code}000000000`;

describe('an account number', () => {
  it.each(['050', '063', '099', '550', '560', '562', '569', '625', '638', '683', '775', '799', '830', '839'])(
    'is of the bank with the code %s',
    (code) => {
      expect(isOfBank(withCode(code))).toBe(true);
    },
  );

  it.each(['000', '049', '100', '363', '539', '549', '561', '570', '681', '734', '774', '800', '840', '999'])(
    'is of another bank with the code %s',
    (code) => {
      expect(isOfBank(withCode(code))).toBe(false);
    },
  );

  it.each(['NL91ABNA0417164300', 'FR7605000000000000000000063', 'BE830631547809151', 'BE8306315478091'])(
    'is of another country or none: %s',
    (iban) => {
      expect(isOfBank(iban)).toBe(false);
    },
  );
});
