/**
 * Bank codes of Belfius, whose brand Banx is: the first three digits of a Belgian account number, as the National Bank of
 * Belgium allocates them (its page "Bank identification codes", BIC GKCCBEBB). Both brands draw from them, so that no code
 * tells one from the other.
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
