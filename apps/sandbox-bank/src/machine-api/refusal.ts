import type { BankErrorBody, BankErrorRow } from '@consent-hub/psd2-protocol';

/** The bank says no to a TPP, in the words of one row of its error tables. */
export class Refusal extends Error {
  /** @param input name of the input that is missing, for the rows that name it */
  constructor(
    readonly row: BankErrorRow,
    private readonly input?: string,
  ) {
    super(`${row.status} ${row.code}`);
    this.name = 'Refusal';
  }

  /** Three strings, nothing else (bank page "error codes"). */
  toBody(): BankErrorBody {
    const { error, code, description } = this.row;
    return {
      error,
      error_code: code,
      error_description: this.input === undefined ? description : description.replace('INPUT', this.input),
    };
  }
}
