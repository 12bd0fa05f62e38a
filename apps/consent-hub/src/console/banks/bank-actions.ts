import type { AdminActionName } from '../audit/admin-action.repository.js';

/** What people can do about the refreshes of a brand, each with a reason, on a page of its own. */
export const BANK_ACTIONS = {
  pause: {
    action: 'pause_refreshes',
    title: 'Pause the scheduled refreshes',
    text: 'No scheduled refresh of this bank begins any more, on any hub; those under way end. Tokens that are valid are handed out, and refreshes that a service asks for continue. Pairs that are not refreshed for long end at the bank: do not leave it paused for days.',
    button: 'Pause refreshes',
    done: 'Scheduled refreshes are paused, on all hubs.',
    nothing: 'They are paused by a person already.',
  },
  resume: {
    action: 'resume_refreshes',
    title: 'Resume the scheduled refreshes',
    text: 'Scheduled refreshes are resumed, on all hubs. Where the circuit breaker has opened, one refresh is tried at once in the place of the next canary, then a few: the first one without an answer opens it again. If the bank still loses pairs, that costs one of them.',
    button: 'Resume refreshes',
    done: 'Scheduled refreshes are resumed. An open circuit breaker tries one first: reload to see how it ended.',
    nothing: 'They are not paused: no person and no circuit breaker holds them back.',
  },
} as const satisfies Record<
  string,
  {
    readonly action: AdminActionName;
    readonly title: string;
    readonly text: string;
    readonly button: string;
    /** Said once it is done. */
    readonly done: string;
    /** Said where there is nothing to do. */
    readonly nothing: string;
  }
>;
export type BankActionName = keyof typeof BANK_ACTIONS;
