import { HEADER, type ErrorStyle, type Scope } from '@consent-hub/psd2-protocol';
import { scopesServed, type Contract } from '../model/settings/contract.js';
import { acceptedVersion } from './accept-version.js';
import type { EndpointVersions } from './endpoint.js';

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
