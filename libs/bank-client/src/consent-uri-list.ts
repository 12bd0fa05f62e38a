import type { ConsentUri, ConsentUriRequest } from './bank-client.js';
import { isList, isRecord, isText, parseJson } from './json.js';

/** The bank's launcher has its language in the path (bank page "reference": consent-uris). */
const LANGUAGE_IN_PATH = /^https?:\/\/[^/?#]+\/common\/([a-z]{2})\//i;
/** RFC 5646 section 2.1: the part of a tag that names the language, with the separators that writers use. */
const PRIMARY = /^[a-z]+(?=[-_]|$)/i;
/** ISO 639-2: undetermined. */
const NO_LANGUAGE = 'und';

/**
 * Reads GET /consent-uris and joins `state` to every URI; those in the language that was asked for come first. An element
 * that cannot be used is left out: one good link is all that a PSU needs.
 *
 * @returns undefined when there is none that a browser may be sent to
 */
export function readConsentUris(
  body: string,
  { state, language: wanted }: Pick<ConsentUriRequest, 'state' | 'language'>,
): ConsentUri[] | undefined {
  const json = parseJson(body);
  const uris = (isList(json) ? json : [json]).flatMap((item): ConsentUri[] => {
    if (!isRecord(item)) return [];
    const { language, consent_uri: uri } = item;
    if (!isText(uri) || !isWebAddress(uri)) return [];
    return [
      {
        language: isText(language) ? language : (languageIn(uri) ?? wanted ?? NO_LANGUAGE),
        uri: withState(uri, state),
      },
    ];
  });
  const isWanted = ({ language }: ConsentUri): boolean =>
    wanted !== undefined && PRIMARY.exec(language)?.[0].toLowerCase() === wanted;
  return uris.length === 0
    ? undefined
    : [...uris.filter(isWanted), ...uris.filter((each) => !isWanted(each))];
}

const languageIn = (uri: string): string | undefined => LANGUAGE_IN_PATH.exec(uri)?.[1]?.toLowerCase();

/** Absolute, http or https, and nothing in it that a `Location` header or a link could be broken with. */
const isWebAddress = (uri: string): boolean =>
  /^https?:\/\/[^\s\p{Cc}"<>\\]+$/iu.test(uri) && URL.canParse(uri);

/** The URI itself stays as the bank wrote it, letter by letter: its tokens are not ours to encode again. */
function withState(uri: string, state: ConsentUriRequest['state']): string {
  const [address = '', ...fragment] = uri.split(/(?=#)/);
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}state=${encodeURIComponent(state.reveal())}${fragment.join('')}`;
}
