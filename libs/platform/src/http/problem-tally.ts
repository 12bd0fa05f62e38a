/** How often a problem was answered. */
export interface CountedProblem {
  readonly code: string;
  /** Name of the API client, or empty when the caller is not known. */
  readonly client: string;
  readonly count: number;
}

/** Counts the problems that this process answered, where they are written, for metrics and statistics. */
export class ProblemTally {
  private readonly counts = new Map<string, CountedProblem>();

  /** @param code one of the API's own: few, as the names of clients are */
  add(code: string, client = ''): void {
    const key = `${code} ${client}`;
    this.counts.set(key, { code, client, count: (this.counts.get(key)?.count ?? 0) + 1 });
  }

  /** Since the process began. */
  read(): CountedProblem[] {
    return [...this.counts.values()];
  }
}
