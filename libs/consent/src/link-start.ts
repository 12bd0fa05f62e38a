import { createHash } from 'node:crypto';
import { Secret } from '@consent-hub/psd2-protocol';

/**
 * When a link begins at the hub's start page, which ties it to the PSU's browser: always, when the PSU is sent back to an
 * application, or never.
 */
export const BROWSER_BINDINGS = ['required', 'preferred', 'off'] as const;
export type BrowserBinding = (typeof BROWSER_BINDINGS)[number];

/** What the start page of a link needs. Stored sealed while the link waits: the links of the bank hold the `state`. */
export interface LinkStart {
  /** Left in the browser by the start page, and asked for at the return. */
  readonly browserKey: Secret;
  /** Where the bank expects the PSU, by the language of its screens. */
  readonly uris: readonly { readonly language: string; readonly uri: string }[];
}

/** What is stored of the browser's key, and compared at the return. It carries 256 random bits. */
export const hashOfBrowserKey = (key: Secret): Buffer => createHash('sha256').update(key.reveal()).digest();

export const writeLinkStart = ({ browserKey, uris }: LinkStart): Secret =>
  new Secret(JSON.stringify({ browserKey: browserKey.reveal(), uris }));

/** @param written by `writeLinkStart` */
export function readLinkStart(written: Secret): LinkStart {
  const { browserKey, uris } = JSON.parse(written.reveal()) as Pick<LinkStart, 'uris'> & {
    browserKey: string;
  };
  return { browserKey: new Secret(browserKey), uris };
}
