import { isIP } from 'node:net';

export const LONGEST_URL = 2048;

/** Whether hosts of private networks may receive, which are reached without TLS as well. */
export interface UrlRules {
  readonly allowsPrivate: boolean;
}

/**
 * What is wrong with the address of a receiver, without what it resolves to.
 *
 * @returns a part of a sentence about the URL; undefined where nothing is wrong
 */
export function faultOfUrl(text: string, { allowsPrivate }: UrlRules): string | undefined {
  if (text.length > LONGEST_URL) return `is longer than ${LONGEST_URL} characters`;
  // The parser drops blanks and line breaks; what is stored is what was sent.
  if (!/^[\x21-\x7e]+$/.test(text)) return 'holds blanks or characters that must be encoded';
  if (!URL.canParse(text)) return 'cannot be read';
  const { protocol, username, password, hash, hostname } = new URL(text);
  if (protocol !== 'https:' && !(allowsPrivate && protocol === 'http:'))
    return 'does not begin with https://';
  if (username + password !== '') return 'holds credentials';
  if (hash !== '' || text.includes('#')) return 'has a fragment';
  if (isIP(literalOf(hostname)) === 4 && !isWrittenOut(text, hostname))
    return 'has an IPv4 address that is not written as four decimal numbers';
  return undefined;
}

/** An IP address as a host: without the brackets of IPv6. */
export const literalOf = (hostname: string): string =>
  hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;

/** Hexadecimal, octal or shortened forms are taken for names by some programs and for addresses by others. */
const isWrittenOut = (text: string, hostname: string): boolean =>
  new RegExp(`^https?://${hostname.replaceAll('.', '\\.')}(?:[:/?]|$)`, 'i').test(text);
