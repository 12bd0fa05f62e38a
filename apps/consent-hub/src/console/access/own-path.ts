/** A path of the console with its query: nothing that a browser could take for another host. */
const OWN_PATH = /^\/console(?:\/(?!\.)[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~%&=+:-]*)?$/;
const LONGEST = 2_000;

/** @returns null where it leads elsewhere */
export const toOwnPath = (text: string): string | null =>
  text.length <= LONGEST && OWN_PATH.test(text) ? text : null;
