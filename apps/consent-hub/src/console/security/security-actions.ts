import type { AdminActionName } from '../audit/admin-action.repository.js';

interface SecurityAction {
  readonly action: AdminActionName;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly isFinal: boolean;
  /** Said once it is done. */
  readonly done: string;
  /** The part of the page that shows what came of it. */
  readonly anchor: string;
}

/** What people do about certificates, keys and timelines, each with a reason, on a page of its own. */
export const SECURITY_ACTIONS = {
  reload: {
    action: 'reload_certificates',
    title: 'Read the certificate files again',
    text: 'This hub reads the files of its client certificates now, and takes into use what has changed and can be used. Other hubs do the same by themselves within ten seconds.',
    button: 'Read the files',
    isFinal: false,
    done: 'The files were read. A certificate that was taken into use bears a new time below; one that was refused says why.',
    anchor: 'certificates',
  },
  rotate: {
    action: 'rotate_vault_key',
    title: 'Rotate the vault key',
    text: 'A new data key is made and announced to all hubs. As soon as every hub at work has it, within ten seconds, values are sealed with it. What former keys have sealed opens as before.',
    button: 'Rotate',
    isFinal: false,
    done: 'A new key is announced. It is current as soon as every hub has it.',
    anchor: 'keys',
  },
  reseal: {
    action: 'reseal_values',
    title: 'Seal all values anew',
    text: 'One of the hubs seals every stored value with the current data key, in small batches, while all of them serve. After that, former keys can be retired.',
    button: 'Seal anew',
    isFinal: false,
    done: 'Values are being sealed anew. The progress stands below.',
    anchor: 'keys',
  },
  retire: {
    action: 'retire_vault_key',
    title: 'Retire a key',
    text: 'Nothing may need the key: everything is counted once more before it is retired. A data key is destroyed a day later, if nothing needs it then; a key of HUB_VAULT_KEYS may be taken out of there.',
    button: 'Retire for good',
    isFinal: true,
    done: 'The key is retired.',
    anchor: 'keys',
  },
  verify: {
    action: 'verify_timelines',
    title: 'Verify all timelines',
    text: 'Hubs recompute the hash chain of every timeline, page by page, while they serve: some minutes with a million consents. What is broken is named in the log and here.',
    button: 'Verify now',
    isFinal: false,
    done: 'Timelines are being verified. How far that has come stands below.',
    anchor: 'timelines',
  },
} as const satisfies Record<string, SecurityAction>;
export type SecurityActionName = keyof typeof SECURITY_ACTIONS;

export const isSecurityAction = (text: unknown): text is SecurityActionName =>
  typeof text === 'string' && Object.hasOwn(SECURITY_ACTIONS, text);
