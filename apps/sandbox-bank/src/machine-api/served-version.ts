import { HEADER, type ErrorStyle, type Scope } from '@consent-hub/psd2-protocol';
import type { Contract } from '../model/settings/bank.settings.js';
import type { EndpointVersion, EndpointVersions } from './endpoint.js';

/** The version that a call chose. */
export interface ChosenVersion {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly errors: ErrorStyle;
}

/** The version that `Accept` chooses; a version that serves no scope is unknown, unless it answers without one. */
export function servedVersion(
  versions: EndpointVersions,
  headers: Readonly<Record<string, readonly string[] | undefined>>,
  contract: Contract,
): ChosenVersion | undefined {
  const name = acceptedVersion((headers[HEADER.accept.toLowerCase()] ?? []).join(', '));
  const version = name !== undefined && Object.hasOwn(versions, name) ? versions[name] : undefined;
  const scopes = version ? scopesServed(version, contract) : [];
  if (name === undefined || !version) return undefined;
  if (scopes.length === 0 && !version.answersWithoutScope) return undefined;
  // The error style belongs to the contract: in the current contract, older versions that are still live use the current
  // style.
  return { name, scopes, errors: contract === 'current' ? 'current' : version.errors };
}

/** The scopes that a version serves under a contract; a version without any is unknown. */
const scopesServed = ({ today, before = [] }: EndpointVersion, contract: Contract): readonly Scope[] =>
  contract === 'all' ? [...new Set([...today, ...before])] : today;

/** A media range of the bank's own type; spaces are tolerated at any place. */
const VENDOR_RANGE = /^\s*application\/vnd\.belfius\.api\+json\s*;(.*)$/i;
const VERSION = /^\s*version\s*=\s*(?:"(\d+(?:\.\d+)?)"|(\d+(?:\.\d+)?))\s*$/i;

/**
 * The version that an Accept header chooses, or undefined when it does not name the bank's own media type with a version.
 * Assumed: further ranges, a charset and a weight, which HTTP libraries add, are ignored.
 */
export function acceptedVersion(accept: string): string | undefined {
  for (const range of accept.split(',')) {
    const [, parameters = ''] = VENDOR_RANGE.exec(range) ?? [];
    for (const parameter of parameters.split(';')) {
      const [, quoted, bare] = VERSION.exec(parameter) ?? [];
      const version = quoted ?? bare;
      if (version !== undefined) return version;
    }
  }
  return undefined;
}
