import type { SeededRandom } from './random.generator.js';

/** The remainder that Belgian numbers bear as their last two digits: 97 stands for none. */
const checkOf = (digits: string): string => String(Number(digits) % 97 || 97).padStart(2, '0');

/** An IBAN with both of its checks right (ISO 13616): the Belgian number's own, and the one around it. */
export function belgianIban(bankCode: string, number: string): string {
  const bban = bankCode + number + checkOf(bankCode + number);
  // B, E and 00 as digits behind the number (ISO 7064, modulus 97).
  const remainder = ((Number(bban) % 97) * 1_000_000 + 111_400) % 97;
  return `BE${String(98 - remainder).padStart(2, '0')}${bban}`;
}

/** A structured communication of the Belgian banks: ten digits and their check. */
export function structuredCommunication(random: SeededRandom): string {
  const digits = random.digits(10);
  const whole = digits + checkOf(digits);
  return `+++${whole.slice(0, 3)}/${whole.slice(3, 7)}/${whole.slice(7)}+++`;
}
