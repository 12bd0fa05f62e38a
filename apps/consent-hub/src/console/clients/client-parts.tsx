import type { ApiClientFacts, ApiKeyFacts } from '@consent-hub/consent';
import type { JSX } from 'preact';
import { Badge, number } from '../frame/parts.js';

/** `works` until it is refused. */
export type KeyState = 'works' | 'expired' | 'revoked';

export function stateOfKey(
  { revokedAt, expiresAt }: ApiKeyFacts,
  client: ApiClientFacts,
  now: Date,
): KeyState {
  if (revokedAt || client.revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'works';
}

export const KeyBadge = ({ state }: { readonly state: KeyState }): JSX.Element => (
  <Badge meaning={state === 'works' ? 'good' : 'ended'}>{state}</Badge>
);

export const ClientBadge = ({ client }: { readonly client: ApiClientFacts }): JSX.Element =>
  client.revokedAt ? <Badge meaning="ended">revoked</Badge> : <Badge meaning="good">in use</Badge>;

/** How a key begins, or which one it is where that was not noted. */
export const KeyName = ({ of: { prefix, id } }: { readonly of: ApiKeyFacts }): JSX.Element => (
  <code class="nowrap" title={`Key ${id}`}>
    {prefix === null ? `…${id.slice(-12)}` : `${prefix}…`}
  </code>
);

export function limitText(rateLimit: number | null, defaultLimit: number): string {
  const perSecond = rateLimit ?? defaultLimit;
  const text = perSecond === 0 ? 'none' : `${number(perSecond)}/s`;
  return rateLimit === null ? `${text} (default)` : text;
}
