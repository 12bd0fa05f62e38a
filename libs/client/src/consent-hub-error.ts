/** The hub refused (RFC 9457 problem details), or could not be asked: `status` is 0 then, and `code` `unreachable` or `timed_out`. */
export class ConsentHubError extends Error {
  readonly status: number;
  /** Stable: branch on it, not on the text. */
  readonly code: string;
  /** The whole problem: `state`, `reason` and `action` of a consent that is not live, the `errors` of a bad input. */
  readonly problem: Readonly<Record<string, unknown>>;
  /** When trying again makes sense, where the hub says so. */
  readonly retryAfterSeconds: number | null;

  constructor(detail: string, facts: ErrorFacts, options?: ErrorOptions) {
    super(`${facts.code}: ${detail}`, options);
    this.name = 'ConsentHubError';
    this.status = facts.status;
    this.code = facts.code;
    this.problem = facts.problem ?? {};
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }
}

interface ErrorFacts {
  readonly status: number;
  readonly code: string;
  readonly problem?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number | null;
}

export async function errorOf(answer: Response): Promise<ConsentHubError> {
  const problem = await problemOf(answer);
  const { code, detail } = problem;
  return new ConsentHubError(typeof detail === 'string' ? detail : `The hub answered ${answer.status}`, {
    status: answer.status,
    code: typeof code === 'string' ? code : 'unexpected_answer',
    problem,
    retryAfterSeconds: secondsOf(answer.headers.get('retry-after') ?? ''),
  });
}

/** The hub sends seconds; what stands before it may send a date (RFC 9110, section 10.2.3). */
function secondsOf(retryAfter: string): number | null {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const seconds = Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/** Something between us and the hub may answer in its place, and in any form. */
async function problemOf(answer: Response): Promise<Record<string, unknown>> {
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}
