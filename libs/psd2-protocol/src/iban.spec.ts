import { toElectronicIban } from './iban.js';

describe('an IBAN for machines', () => {
  it.each([
    ['spaces', 'BE83 0631 5478 0915'],
    ['no-break spaces', 'BE83\u00a00631\u00a05478\u00a00915'],
    ['narrow no-break spaces', 'BE83\u202f0631\u202f5478\u202f0915'],
    ['thin and ideographic spaces', 'BE83\u20090631\u30005478 0915'],
    ['zero-width spaces and joiners', 'BE83\u200b0631\u200d5478\u20600915'],
    ['a byte order mark and marks of direction', '\ufeffBE83 0631 5478 0915\u200e'],
    ['soft hyphens', 'BE83\u00ad0631\u00ad54780915'],
    ['tabs and line ends', 'BE83\t0631\r\n5478 0915'],
    ['small letters', 'be83063154780915'],
  ])('is freed of %s', (_what, text) => {
    expect(toElectronicIban(text)).toBe('BE83063154780915');
  });

  it.each(['BE83-0631', 'BE83.0631', 'BE83_0631', 'ВE830631'])('is not guessed from %s', (text) => {
    expect(toElectronicIban(text)).toBe(text);
  });
});
