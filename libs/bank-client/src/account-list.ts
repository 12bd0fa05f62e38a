import { toElectronicIban } from '@consent-hub/psd2-protocol';
import type { BankAccount } from './bank-client.js';
import { isList, isRecord, isText, parseJson } from './json.js';

/**
 * Reads GET /accounts. Its answer is assumed, the bank's page shows none: a list, bare or inside an object, of objects
 * that hold an IBAN and a logical id. An account in several currencies may have a logical id for each: all are given.
 *
 * @returns undefined when any part of it cannot be read: a list without one of the accounts would seem to be the PSU's choice
 */
export function readAccountList(body: string): BankAccount[] | undefined {
  const list = listIn(parseJson(body));
  if (!list) return undefined;
  const accounts = new Map<string, BankAccount>();
  for (const item of list) {
    const account = readAccount(item);
    if (!account) return undefined;
    accounts.set(`${account.iban} ${account.logicalId}`, account);
  }
  return [...accounts.values()];
}

function listIn(json: unknown): unknown[] | undefined {
  if (isList(json)) return json;
  if (!isRecord(json)) return undefined;
  if (isList(json['accounts'])) return json['accounts'];
  // The bank's transaction lists of version 1 are in such an envelope.
  return isRecord(json['_embedded']) ? listIn(json['_embedded']) : undefined;
}

function readAccount(item: unknown): BankAccount | undefined {
  if (!isRecord(item)) return undefined;
  const iban = item['iban'];
  const logicalId = item['logical_id'] ?? item['logicalId'] ?? item['logical-id'];
  return isText(iban) && isText(logicalId) ? { iban: toElectronicIban(iban), logicalId } : undefined;
}
