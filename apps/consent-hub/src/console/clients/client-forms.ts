import type { WantedApiClient } from '@consent-hub/consent';
import { PERMISSIONS, type Permission } from '@consent-hub/platform';
import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import { isReturnUrl } from '../../http-api/return-url.js';
import { readReason, textOf } from '../frame/form-values.js';

/** The fields of a form as they came. */
export type Form = Readonly<Record<string, unknown>> | null | undefined;

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** How long the older keys of a client work once it has another one. */
export const OVERLAPS = [
  [0, 'not at all: they are refused at once'],
  [HOUR, 'for one hour'],
  [DAY, 'for one day'],
  [7 * DAY, 'for one week'],
  [30 * DAY, 'for 30 days'],
] as const;
export const USUAL_OVERLAP = DAY;

/** How long a key lives; 0: it never expires. */
export const LIFETIMES = [
  [0, 'never'],
  [30 * DAY, 'in 30 days'],
  [90 * DAY, 'in 90 days'],
  [365 * DAY, 'in a year'],
] as const;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MOST_PER_SECOND = 1_000_000;
const MOST_RETURN_URLS = 50;

export type Faults = ReadonlyMap<string, string>;

/** What the form of a new client held. */
export interface SentClient {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly tokenScopes: readonly Scope[];
  /** One a line. */
  readonly returnUrls: string;
  readonly rateLimit: string;
  readonly expires: number;
  readonly reason: string;
}

export const EMPTY_CLIENT: SentClient = {
  name: '',
  permissions: ['consents:read'],
  tokenScopes: SCOPES,
  returnUrls: '',
  rateLimit: '',
  expires: 0,
  reason: '',
};

/** The value where it is one of those offered. */
export const offered = (options: readonly (readonly [number, string])[], value: unknown): number | null =>
  options.find(([seconds]) => String(seconds) === value)?.[0] ?? null;

export function readSentClient(form: Form): SentClient {
  const isTicked = (name: string): boolean => form?.[name] !== undefined;
  return {
    name: textOf(form?.['name']).trim(),
    permissions: PERMISSIONS.filter((one) => isTicked(`may ${one}`)),
    tokenScopes: SCOPES.filter((one) => isTicked(`scope ${one}`)),
    returnUrls: textOf(form?.['return_urls']),
    rateLimit: textOf(form?.['rate_limit']).trim(),
    expires: offered(LIFETIMES, form?.['expires']) ?? 0,
    reason: textOf(form?.['reason']),
  };
}

const urlsOf = ({ returnUrls }: SentClient): string[] =>
  returnUrls
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** @returns requests a second; 0: any number; null: as the hub is set; undefined: it cannot be read */
export const readRateLimit = (sent: string): number | null | undefined => {
  if (sent === '') return null;
  return /^\d{1,7}$/.test(sent) && Number(sent) <= MOST_PER_SECOND ? Number(sent) : undefined;
};
export const RATE_LIMIT_FAULT = `Write a whole number up to ${MOST_PER_SECOND}, or nothing.`;

/** What is wrong, by the name of the field; empty: nothing. */
export function faultsOfClient(sent: SentClient): Faults {
  const faults = new Map<string, string>();
  const urls = urlsOf(sent);
  const read = readReason(sent.reason);
  if (!NAME.test(sent.name)) faults.set('name', 'Write 1 to 63 of a-z, 0-9 and hyphen, the first no hyphen.');
  if (sent.permissions.length === 0) faults.set('permissions', 'Choose what it may do.');
  if (sent.permissions.includes('tokens:read') && sent.tokenScopes.length === 0)
    faults.set('scopes', 'Choose whose tokens it may read.');
  if (urls.length > MOST_RETURN_URLS || !urls.every(isReturnUrl))
    faults.set('return_urls', 'Write https addresses without fragment or credentials, one a line.');
  if (readRateLimit(sent.rateLimit) === undefined) faults.set('rate_limit', RATE_LIMIT_FAULT);
  if ('fault' in read) faults.set('reason', read.fault);
  return faults;
}

/** Of a form without faults. */
export function toWantedClient(sent: SentClient): WantedApiClient {
  const urls = urlsOf(sent);
  return {
    name: sent.name,
    permissions: sent.permissions,
    tokenScopes: sent.tokenScopes.length === 0 ? SCOPES : sent.tokenScopes,
    returnUrls: urls.length === 0 ? null : urls,
    rateLimit: readRateLimit(sent.rateLimit) ?? null,
    expiresInSeconds: sent.expires === 0 ? null : sent.expires,
  };
}
