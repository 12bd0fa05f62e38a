import { isDeepStrictEqual } from 'node:util';
import { BANK_ERROR, HEADER, type BankErrorRow } from '@consent-hub/psd2-protocol';
import { isIBAN } from 'class-validator';
import type { Assumptions } from '../model/settings/assumptions.js';
import type { BankSettings } from '../model/settings/bank.settings.js';
import type { EndpointVersions } from './endpoint.js';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';
import { servedVersion, type ChosenVersion } from './served-version.js';

/** The request as Node and Fastify parse it. */
export interface WireRequest {
  /** Every value of each header, by lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** A parameter that came more than once is an array. */
  readonly query: unknown;
  readonly body: unknown;
}

/** UUID of version 4; any variant is accepted (assumed: a known client does not set it). */
const REQUEST_ID = {
  uuid_v4: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  any: /^[\x21-\x7e]{1,255}$/,
} as const satisfies Record<Assumptions['request_id'], RegExp>;
const UNKNOWN_VERSION = {
  not_acceptable: SANDBOX_ERROR.unknownVersion,
  invalid_header: BANK_ERROR.invalidHeader,
} as const satisfies Record<Assumptions['unknown_version'], BankErrorRow>;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
/** No parameter of the contract holds a control character, and Postgres takes no NUL in a text. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** The inputs of one call. Reading one that is missing, comes twice or has the wrong form refuses the call. */
export class MachineRequest {
  constructor(private readonly wire: WireRequest) {}

  version(versions: EndpointVersions, { contract, assumptions }: BankSettings): ChosenVersion {
    const version = servedVersion(versions, this.wire.headers, contract);
    if (!version) throw new Refusal(UNKNOWN_VERSION[assumptions.unknown_version], { input: HEADER.accept });
    return version;
  }

  requestId(form: Assumptions['request_id']): string {
    return this.header(HEADER.requestId, REQUEST_ID[form]);
  }

  header(name: string, form?: RegExp): string {
    const value = this.optionalHeader(name);
    if (value === undefined) throw new Refusal(BANK_ERROR.missingHeader, { input: name });
    if (form && !form.test(value)) throw new Refusal(BANK_ERROR.invalidHeader, { input: name });
    return value;
  }

  optionalHeader(name: string): string | undefined {
    const values = this.headerValues(name);
    if (values.length > 1) throw new Refusal(BANK_ERROR.invalidHeader, { input: name });
    return values[0] || undefined;
  }

  query(name: string): string {
    return present(name, this.optionalQuery(name));
  }

  optionalQuery(name: string): string | undefined {
    return parameter(this.wire.query, name);
  }

  /** A field of a form (RFC 6749 section 4.1.3). */
  field(name: string, form?: RegExp): string {
    return present(name, this.optionalField(name, form));
  }

  optionalField(name: string, form?: RegExp): string | undefined {
    const input = 'Content-Type';
    if (!FORM.test(this.optionalHeader(input) ?? ''))
      throw new Refusal(SANDBOX_ERROR.unsupportedMediaType, { input });
    const value = parameter(this.wire.body, name);
    if (value !== undefined && form && !form.test(value))
      throw new Refusal(BANK_ERROR.invalidInput, { input: name });
    return value;
  }

  /** A body in JSON, of any shape. */
  json(): JsonBody {
    const input = 'Content-Type';
    if (!JSON_TYPE.test(this.optionalHeader(input) ?? ''))
      throw new Refusal(SANDBOX_ERROR.unsupportedMediaType, { input });
    return new JsonBody(this.wire.body);
  }

  private headerValues(name: string): readonly string[] {
    return this.wire.headers[name.toLowerCase()] ?? [];
  }
}

/** RFC 6749 section 3.1: an empty parameter counts as left out, an unknown one is ignored, none may come twice. */
function parameter(parsed: unknown, name: string): string | undefined {
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(parsed));
  const repeated = [...values].find(([, each]) => Array.isArray(each));
  if (repeated) throw new Refusal(BANK_ERROR.invalidInput, { input: repeated[0] });
  const value = values.get(name);
  if (typeof value !== 'string' || value === '') return undefined;
  if (CONTROL_CHARACTER.test(value)) throw new Refusal(BANK_ERROR.invalidInput, { input: name });
  return value;
}

function present(name: string, value: string | undefined): string {
  if (value === undefined) throw new Refusal(BANK_ERROR.missingInput, { input: name });
  return value;
}

/**
 * No text of the contract holds a control character. Postgres takes no NUL in a text, and no half of a surrogate pair in
 * JSON.
 */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The inputs in a body of JSON, each by its path: `account.iban`. Other members are ignored. */
export class JsonBody {
  constructor(private readonly root: unknown) {}

  /** A mandatory text; an empty one counts as absent, as elsewhere. */
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

  /** Whether another JSON text has the same content. */
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

const ELECTRONIC = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/;

/** An IBAN with a valid checksum, in the electronic format of ISO 13616: upper case, no spaces. */
export const isElectronicIban = (text: string): boolean => ELECTRONIC.test(text) && isIBAN(text);
