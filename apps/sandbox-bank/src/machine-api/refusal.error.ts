import {
  BANK_ERROR,
  bankErrorWords,
  type BankErrorBody,
  type BankErrorRow,
  type BankErrorWords,
  type ErrorStyle,
  type Scope,
} from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../model/settings/assumptions.js';

const INTERNAL = { status: 500, code: 'SANDBOX-500', description: 'An internal error occurred.' };

/** A documented row with another status, in every error style. */
const under = <Row extends BankErrorRow>(
  status: number,
  row: Row & { readonly numeric: BankErrorWords },
) => ({
  ...row,
  status,
  numeric: { ...row.numeric, status },
});

/** Errors that no table of the bank has. Assumed: only the shape of the body is known. */
export const SANDBOX_ERROR = {
  unknownVersion: under(406, BANK_ERROR.invalidHeader),
  unacceptableLanguage: under(406, BANK_ERROR.invalidHeader),
  bodyTooLarge: under(413, BANK_ERROR.invalidInput),
  headersTooLarge: under(431, BANK_ERROR.invalidHeader),
  /** The request was not complete in time. */
  tooSlow: under(408, BANK_ERROR.invalidInput),
  unsupportedMediaType: under(415, BANK_ERROR.invalidHeader),
  tooManyCalls: {
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    code: 'SANDBOX-429',
    description: 'No more than four calls in 24 hours without the customer.',
  },
  unknownPayment: { status: 404, error: 'NOT_FOUND', code: 'SANDBOX-404', description: 'No such payment.' },
  paymentNotCancellable: {
    status: 409,
    error: 'CONFLICT',
    code: 'SANDBOX-409',
    description: 'The payment can no longer be cancelled.',
  },
  unknownPath: { status: 404, error: 'NOT_FOUND', code: 'SANDBOX-404', description: 'No such path.' },
  /** The name was recorded in lower case, in the versions with numeric codes. */
  internal: {
    ...INTERNAL,
    error: 'INTERNAL_SERVER_ERROR',
    numeric: { ...INTERNAL, error: 'internal_server_error' },
  },
  /** The name was recorded. */
  unavailable: {
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    code: 'SANDBOX-503',
    description: 'The service is not available.',
  },
} as const satisfies Record<string, BankErrorRow>;

export interface RefusalFacts {
  /** Name of the input that is missing or wrong, for the rows that name it. */
  readonly input?: string;
  /** The scope that it is about, where that is known. */
  readonly scope?: Scope;
  /** Further fields of the body. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** A refusal of the bank: one row of its error tables. */
export class Refusal extends Error {
  constructor(
    readonly row: BankErrorRow,
    private readonly facts: RefusalFacts = {},
  ) {
    super(`${row.status} ${row.code}`);
    this.name = 'Refusal';
  }

  /** The status of the answer in the style of a version of the contract. */
  status(style: ErrorStyle): number {
    return this.words(style).status;
  }

  /** Three strings (bank page "error codes"), and further fields of this refusal. */
  toBody(style: ErrorStyle): BankErrorBody {
    const { error, code, description } = this.words(style);
    const { input, fields } = this.facts;
    return {
      error,
      error_code: code,
      error_description:
        input === undefined ? description.replace(" 'INPUT'", '') : description.replace('INPUT', input),
      ...fields,
    };
  }

  /** The unprefixed codes were recorded with AIS; the same versions are live for CAF, with the current codes. */
  private words(style: ErrorStyle): BankErrorWords {
    const isOfToday = style === 'unprefixed' && this.facts.scope !== 'AIS';
    return bankErrorWords(this.row, isOfToday ? 'current' : style);
  }
}

interface ScaUrl {
  readonly url: string;
  readonly scope: Scope;
  /** Whether the description names the URL too, with any configuration of the bank. */
  readonly isDescribed?: boolean;
  /** Further fields of the body. */
  readonly fields?: Readonly<Record<string, string>>;
}

const describing = (row: BankErrorRow, url: string): BankErrorRow => {
  const description = `${row.description} ${url}`;
  return { ...row, description, ...(row.numeric && { numeric: { ...row.numeric, description } }) };
};

/** The refusal that says where to send the PSU; the TPP adds its `state` there (bank pages "flows": accounts, payments). */
export function scaRequired(
  { url, scope, isDescribed = false, fields = {} }: ScaUrl,
  assumptions: Assumptions,
): Refusal {
  const isField = assumptions.sca_url === 'url_field';
  const row = isDescribed || !isField ? describing(BANK_ERROR.scaRequired, url) : BANK_ERROR.scaRequired;
  return new Refusal(row, { scope, fields: { ...(isField && { url }), ...fields } });
}
