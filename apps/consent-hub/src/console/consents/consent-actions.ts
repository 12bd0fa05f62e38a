import type { ConsoleRole } from '../access/console-role.js';
import type { AdminActionName } from '../audit/admin-action.repository.js';

/** What people can do about one consent, each with a reason, on a page of its own. */
export const CONSENT_ACTIONS = {
  refresh: {
    action: 'refresh_consent',
    role: 'operator',
    title: 'Refresh the tokens now',
    text: 'The hub asks the bank for a new pair at once. The tokens that services hold stop working at the bank, and they are handed the new ones.',
    button: 'Refresh',
    isFinal: false,
  },
  revoke: {
    action: 'revoke_consent',
    role: 'operator',
    title: 'Revoke this consent',
    text: 'The tokens are destroyed here, and no service is handed any more. This cannot be undone: the person must consent again. The bank has no call that would end it there as well.',
    button: 'Revoke for good',
    isFinal: true,
  },
  reread: {
    action: 'reread_answer',
    role: 'operator',
    title: 'Have the answer read again',
    text: 'The answer of the bank that could not be read is read once more, and the pair in it is stored. Nothing is sent to the bank.',
    button: 'Read again',
    isFinal: false,
  },
  resolve: {
    action: 'give_up_answer',
    role: 'operator',
    title: 'Give up the answer',
    text: 'The hub waits no longer for a version that can read the answer of the bank: the next refresh asks the bank again. If the bank has replaced the pair, it refuses the old one, and the consent ends as failed. The answer stays kept until a later pair is there.',
    button: 'Give up the answer',
    isFinal: true,
  },
  reveal: {
    action: 'reveal_account_numbers',
    role: 'security',
    title: 'See the account numbers',
    text: 'The account numbers of this consent are shown once, on the next page. The timeline and the audit say that you saw them.',
    button: 'Show the account numbers',
    isFinal: false,
  },
} as const satisfies Record<
  string,
  {
    readonly action: AdminActionName;
    readonly role: ConsoleRole;
    readonly title: string;
    readonly text: string;
    readonly button: string;
    /** Whether it cannot be taken back. */
    readonly isFinal: boolean;
  }
>;
export type ConsentActionName = keyof typeof CONSENT_ACTIONS;
