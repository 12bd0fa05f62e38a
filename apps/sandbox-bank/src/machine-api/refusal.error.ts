import {
  bankErrorWords,
  type BankErrorBody,
  type BankErrorRow,
  type BankErrorWords,
  type ErrorStyle,
  type Scope,
} from '@consent-hub/psd2-protocol';

export interface RefusalFacts {
  /** Name of the input that is missing or wrong, for the rows that name it. */
  readonly input?: string;
  /** What it is about, where that is known. */
  readonly scope?: Scope;
  /** Further fields of the body. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** The bank says no to a TPP, in the words of one row of its error tables. */
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

  /** Three strings (bank page "error codes"), and what this refusal says beside them. */
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

  /** The spelling between the ages was recorded with AIS; the same versions live on, for CAF. */
  private words(style: ErrorStyle): BankErrorWords {
    const isOfToday = style === 'unprefixed' && this.facts.scope !== 'AIS';
    return bankErrorWords(this.row, isOfToday ? 'current' : style);
  }
}
