import type { JSX } from 'preact';

/** What was typed in, where the form was sent before. */
export interface SentReason {
  readonly reason: string;
  /** What is wrong with it; absent: nothing. */
  readonly fault?: string | undefined;
}

/** Asks why something is done. */
export const ReasonField = ({
  sent,
  longest,
}: {
  readonly sent: SentReason | undefined;
  readonly longest: number;
}): JSX.Element => (
  <div>
    <label for="reason">Why? The audit shows it. Name no customer here: the audit is never erased.</label>
    <textarea
      id="reason"
      name="reason"
      required
      minLength={3}
      maxLength={longest}
      aria-invalid={sent?.fault === undefined ? undefined : true}
      aria-describedby={sent?.fault === undefined ? undefined : 'reason-fault'}
    >
      {sent?.reason ?? ''}
    </textarea>
    {sent?.fault !== undefined && (
      <p class="fault" id="reason-fault">
        {sent.fault}
      </p>
    )}
  </div>
);
