/** Parsed, or `undefined` for what is no JSON: the words of `JSON.parse` quote the text, which may hold a token. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** `Array.isArray` alone would call the items `any`. */
export const isList = (value: unknown): value is unknown[] => Array.isArray(value);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isList(value);

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
