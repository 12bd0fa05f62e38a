import { isDeepStrictEqual } from 'node:util';
import { BANK_ERROR } from '@consent-hub/psd2-protocol';
import { Refusal } from './refusal.error.js';

/** No text of the contract holds one. Postgres takes no NUL in a text, and no half of a surrogate pair in JSON. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The inputs in a body of JSON, each by its path: `account.iban`. Members that nobody asks for are ignored. */
export class JsonBody {
  constructor(private readonly root: unknown) {}

  /** A member that must be there, and be a text; an empty one counts as left out, as elsewhere. */
  text(path: string, form?: RegExp): string {
    const value = this.optionalText(path, form);
    if (value === undefined) throw new Refusal(BANK_ERROR.missingInput, { input: path });
    return value;
  }

  optionalText(path: string, form?: RegExp): string | undefined {
    const value = this.find(path);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string' || NO_TEXT.test(value) || (form && !form.test(value)))
      throw new Refusal(BANK_ERROR.invalidInput, { input: path });
    return value;
  }

  /** A number, written as one or as a text. */
  decimal(path: string, form: RegExp): string {
    const value = this.find(path);
    if (typeof value !== 'number') return this.text(path, form);
    const text = String(value);
    if (!form.test(text)) throw new Refusal(BANK_ERROR.invalidInput, { input: path });
    return text;
  }

  /** Whether a member is there, and not null. */
  has(path: string): boolean {
    return (this.find(path) ?? null) !== null;
  }

  /** Whether another text of JSON says the same. */
  equals(text: string): boolean {
    try {
      return isDeepStrictEqual(JSON.parse(text), this.root);
    } catch {
      return false;
    }
  }

  private find(path: string): unknown {
    let found = this.root;
    for (const name of path.split('.')) {
      if (found === undefined || found === null) return undefined;
      if (!isObject(found)) throw new Refusal(BANK_ERROR.invalidInput, { input: path });
      found = Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return found;
  }
}
