import type { Secret } from '@consent-hub/psd2-protocol';
import type { ConsentUri } from './bank-client.js';
import { isList, isRecord, isText, parseJson } from './json.js';

/**
 * Reads GET /consent-uris and joins `state` to every URI.
 *
 * @returns undefined when there is none, or one that a browser must not be sent to
 */
export function readConsentUris(body: string, state: Secret): ConsentUri[] | undefined {
  const json = parseJson(body);
  if (!isList(json) || json.length === 0) return undefined;
  const uris: ConsentUri[] = [];
  for (const item of json) {
    if (!isRecord(item)) return undefined;
    const { language, consent_uri: uri } = item;
    if (!isText(language) || !isText(uri) || !isWebAddress(uri)) return undefined;
    uris.push({ language, uri: withState(uri, state) });
  }
  return uris;
}

/** Absolute, http or https, and nothing in it that a `Location` header or a link could be broken with. */
const isWebAddress = (uri: string): boolean =>
  /^https?:\/\/[^\s\p{Cc}"<>\\]+$/iu.test(uri) && URL.canParse(uri);

/** The URI itself stays as the bank wrote it, letter by letter: its tokens are not ours to encode again. */
function withState(uri: string, state: Secret): string {
  const [address = '', ...fragment] = uri.split(/(?=#)/);
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}state=${encodeURIComponent(state.reveal())}${fragment.join('')}`;
}
