/** RFC 6749 section 3.1.2: absolute, without a fragment. RFC 8252 section 7.1: the scheme may be an app's own. */
const ABSOLUTE = /^(?!(?:javascript|data|vbscript):)[a-z][a-z0-9+.-]*:[^\s#]+$/i;

/** Whether a PSU's browser can be sent back to it. */
export const isRedirectUri = (text: string): boolean => ABSOLUTE.test(text) && URL.canParse(text);
