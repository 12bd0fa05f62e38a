/** A wait is longer or shorter by up to a tenth, so that what failed together does not come again together. */
const JITTER = 0.1;
/** What a receiver may ask for by `Retry-After`, seconds. */
const LEAST_ASKED = 1;
const MOST_ASKED = 86_400;

/** When a delivery that has failed is tried again. */
export class RetrySchedule {
  /**
   * @param delaysSeconds one for each retry
   * @param random from 0 to 1, for the jitter
   */
  constructor(
    private readonly delaysSeconds: readonly number[],
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * @param attempts how many there were
   * @param retryAfterSeconds what the receiver has asked for
   * @returns seconds until the next attempt; null: the delivery is given up
   */
  secondsAfter(attempts: number, retryAfterSeconds: number | null): number | null {
    const delay = this.delaysSeconds[attempts - 1];
    if (delay === undefined) return null;
    // Never before what was asked for.
    if (retryAfterSeconds !== null)
      return Math.min(MOST_ASKED, Math.max(LEAST_ASKED, retryAfterSeconds)) * (1 + JITTER * this.random());
    return delay * (1 + JITTER * (2 * this.random() - 1));
  }
}

/**
 * `Retry-After` of RFC 9110, section 10.2.3: seconds, or a date, which is compared with the receiver's own `Date` where it sent one.
 *
 * @returns seconds, not below 0; null where there is none or it cannot be read
 */
export function retryAfterSeconds(
  retryAfter: string | undefined,
  date: string | undefined,
  now: Date,
): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const until = httpDate(retryAfter);
  if (until === undefined) return null;
  return Math.max(0, (until - (httpDate(date) ?? now.getTime())) / 1000);
}

/** The form that all senders must use; what `Date.parse` accepts in addition is no HTTP date. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function httpDate(text: string | undefined): number | undefined {
  if (text === undefined || !IMF_FIXDATE.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}
