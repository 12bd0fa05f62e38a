import { HEADER, type ErrorStyle, type Scope } from '@consent-hub/psd2-protocol';
import type { Contract } from '../model/settings/bank.settings.js';
import type { EndpointVersion, EndpointVersions } from './endpoint.js';

/** The version that a call chose. */
export interface ChosenVersion {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly errors: ErrorStyle;
}

/** What `Accept` chooses from the versions of an endpoint; one that serves no scope is not there, unless it says so. */
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
  // The words of an error go by the age of the contract, of which a version is a part; versions that live on speak as today.
  return { name, scopes, errors: contract === 'current' ? 'current' : version.errors };
}

/** For which scopes a version may be called; one without any is not there. */
const scopesServed = ({ today, before = [] }: EndpointVersion, contract: Contract): readonly Scope[] =>
  contract === 'all' ? [...new Set([...today, ...before])] : today;

/** A media range of the bank's own type; spaces are tolerated wherever somebody may put them. */
const VENDOR_RANGE = /^\s*application\/vnd\.belfius\.api\+json\s*;(.*)$/i;
const VERSION = /^\s*version\s*=\s*(?:"(\d+(?:\.\d+)?)"|(\d+(?:\.\d+)?))\s*$/i;

/**
 * The version that an Accept header chooses, or undefined when it does not name the bank's own media type with a version.
 * What else a client's HTTP library puts there is assumed to say nothing: further ranges, a charset, a weight.
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
