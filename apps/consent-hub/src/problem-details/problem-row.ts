/** One row of a table from an error's code to the answer. `detail` is our own text: what others wrote may hold secrets. */
export interface ProblemRow {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
