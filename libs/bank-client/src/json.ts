/** Byte order mark of UTF-8, and of UTF-16 of which each byte was read as a character. */
const BYTE_ORDER_MARK = /^(?:\uFEFF|\u00FF\u00FE|\u00FE\u00FF)/;

/** Without the NUL bytes that UTF-16 adds to ASCII characters, when each byte is read as a character: JSON allows no NUL. */
export const withoutNul = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '') : text).replace(BYTE_ORDER_MARK, '');

/** Parsed, or `undefined` for what is no JSON: the words of `JSON.parse` quote the text, which may hold a token. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(withoutNul(text));
  } catch {
    return undefined;
  }
}

/** `Array.isArray` alone would call the items `any`. */
export const isList = (value: unknown): value is unknown[] => Array.isArray(value);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isList(value);

/** Left out, or said to be nothing as some writers of JSON do. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
