import { Secret, toElectronicIban } from '@consent-hub/psd2-protocol';
import { isUndecoded, rereadText } from './answer-text.js';
import type { GrantedTokens } from './bank-client.js';
import { BankError } from './bank-error.js';
import { isRecord, isText, parseJson, withoutNul } from './json.js';

/**
 * Assumed when the bank leaves `expires_in` out or sends something that is no length of time: the shortest life that it
 * is known to have granted. Too short costs a refresh, too long a refused call.
 */
const UNSAID_LIFE_SECONDS = 900;
const YEAR_SECONDS = 365 * 86_400;

/** A refresh token with any spelling of its name, at any place, whose value is neither null nor empty. */
const NAMES_REFRESH_TOKEN = /refresh[-_ ]?token\\*["']\s*:(?!\s*(?:null|"")\s*[,}])/i;

type Fields = Readonly<Record<string, unknown>>;
type Tokens = Pick<GrantedTokens, 'accessToken' | 'refreshToken'>;

/**
 * Reads the body of a success of POST /token: strict about the pair, tolerant about the rest. `expires_in` was seen as a
 * number and as a string; `token_type` and `scope` say nothing that we did not ask for. A body that is nearly JSON is read
 * as well: the bank has granted what is in it, and will not do so again.
 *
 * @throws BankError `unreadable_answer`, with `holdsPair`
 */
export function readTokenAnswer(body: Secret): GrantedTokens {
  const stored = rereadText(body.reveal());
  const text = withoutNul(stored);
  const json = parseJson(text);
  const fields = isRecord(json) ? json : fieldsOf(text);
  const tokens = pairOf(fields) ?? (isRecord(json) ? accessTokenAlone(json, text) : undefined);
  if (!tokens)
    throw new BankError('unreadable_answer', { holdsPair: isUndecoded(stored) || namesToken(text) });
  const { logical_id: logicalId, iban, sca_token: scaToken } = fields;
  return {
    ...tokens,
    expiresInSeconds: lifeOf(fields['expires_in']),
    ...(isText(logicalId) ? { logicalId } : {}),
    ...(isText(iban) ? { iban: toElectronicIban(iban) } : {}),
    ...(isText(scaToken) ? { scaToken: new Secret(scaToken) } : {}),
  };
}

/** Whether the text of an answer holds a pair that can be read, whatever follows it in the text. */
export function holdsPair(text: string): boolean {
  const json = parseJson(text);
  return pairOf(isRecord(json) ? json : fieldsOf(withoutNul(text))) !== undefined;
}

function pairOf({ access_token: accessToken, refresh_token: refreshToken }: Fields): Tokens | undefined {
  if (!isText(accessToken) || !isText(refreshToken)) return undefined;
  return { accessToken: new Secret(accessToken), refreshToken: new Secret(refreshToken) };
}

/**
 * RFC 6749 section 6: the answer to a refresh need not repeat the refresh token. That it has none is believed only of whole
 * JSON: what breaks off, or names one in a way that we do not know, may have had one.
 */
function accessTokenAlone({ access_token: accessToken }: Fields, text: string): Tokens | undefined {
  if (!isText(accessToken) || NAMES_REFRESH_TOKEN.test(text)) return undefined;
  return { accessToken: new Secret(accessToken) };
}

/** Pages are full of scripts that name tokens, and hold none. */
const namesToken = (text: string): boolean =>
  !/^\s*(?:<!doctype html|<html)/i.test(text) &&
  /(access|refresh)[-_]?token/i.test(text.replace(/"(access|refresh)_token"\s*:\s*(null|"")/g, ''));

/**
 * The fields of a text that is nearly JSON: cut off, followed by something else, or with a character in it that JSON forbids.
 * A value must be whole and beyond doubt: of printable characters, with no escapes but those that some writers of JSON use
 * for `/` and `=`, and the same at each place of the field.
 */
function fieldsOf(text: string): Fields {
  const names = ['access_token', 'refresh_token', 'expires_in', 'logical_id', 'iban', 'sca_token'];
  return Object.fromEntries(names.map((name) => [name, fieldIn(text, name)]));
}

function fieldIn(text: string, name: string): unknown {
  const field = new RegExp(
    `"${name}"\\s*:\\s*("(?:[ !#-\\[\\]-~]|\\\\/|\\\\u[0-9a-fA-F]{4})+"|\\d+(?=\\s*[,}]))`,
    'g',
  );
  const values = new Set([...text.matchAll(field)].map(([, value = '']) => value));
  const [value] = values;
  return values.size === 1 ? parseJson(value ?? '') : undefined;
}

function lifeOf(value: unknown): number {
  const seconds = Math.floor(typeof value === 'number' || isText(value) ? Number(value) : NaN);
  return seconds >= 1 && seconds <= YEAR_SECONDS ? seconds : UNSAID_LIFE_SECONDS;
}
