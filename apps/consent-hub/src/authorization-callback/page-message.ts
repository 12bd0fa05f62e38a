/** What a page of the start or of the callback can say. `broken` is ours: the hub itself failed. */
export const MESSAGES = [
  'completed',
  'in_progress',
  'refused',
  'failed',
  'payment_signed',
  'payment_in_progress',
  'payment_refused',
  'payment_failed',
  'sca_confirmed',
  'sca_failed',
  'browser_not_bound',
  'no_link',
  'unknown',
  'used',
  'replaced',
  'expired',
  'unreadable',
  'broken',
] as const;
export type Message = (typeof MESSAGES)[number];

export interface Text {
  readonly title: string;
  readonly text: string;
}
