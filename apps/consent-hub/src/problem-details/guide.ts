/** Whether it helps to send the same request again. */
export type Retry = 'no' | 'after_change' | 'yes';

/** What the page of a problem says. */
export interface ProblemGuide {
  readonly meaning: string;
  /** What the caller should do. */
  readonly action: string;
  readonly retry: Retry;
}

export const guide = (retry: Retry, meaning: string, action: string): ProblemGuide => ({
  meaning,
  action,
  retry,
});
