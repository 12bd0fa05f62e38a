/** One fault of the caller's input, at one place of it. */
export interface InputFault {
  /** Where: a property path of the body (`iban`), a query, path or header name. */
  readonly field: string;
  /** What is expected there. */
  readonly detail: string;
}

/** One way in which a call can fail. The constant parts, as in the description of the API. */
export interface ProblemKind {
  /** HTTP status code. */
  readonly status: number;
  /** Stable machine-readable name of the problem, snake_case; part of the API. */
  readonly code: string;
  /** One sentence that says what happened and, where something can be done, what: our own text, what others wrote may hold secrets. */
  readonly detail: string;
}

export interface ProblemDetails extends ProblemKind {
  readonly errors?: readonly InputFault[];
  /** The bank's own words, where the bank refused. */
  readonly bank?: { readonly error: string; readonly error_code: string };
  /** Members of this problem's own (RFC 9457, section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer other than success, thrown where it is known; the app's filter writes it as RFC 9457 problem details. */
export class Problem extends Error {
  constructor(readonly details: ProblemDetails) {
    super(details.detail);
    this.name = 'Problem';
  }

  /** What the problem itself has to say in the answer's body; `ProblemWriter` adds where it is explained and which request it is of. */
  members(): Record<string, unknown> {
    const { status, code, detail, errors, bank, extensions } = this.details;
    return {
      title: code.replaceAll('_', ' '),
      status,
      code,
      detail,
      ...(errors && { errors }),
      ...(bank && { bank }),
      ...extensions,
    };
  }
}
