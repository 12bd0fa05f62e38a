import { ANY_ENDPOINT, CALLBACK, TOKEN_ENDPOINT } from './faults.js';

/** The endpoints of the machine API at which a fault may be set. A name in braces stands for any value. */
export const MACHINE_ENDPOINTS = [
  'GET /consent-uris',
  `POST ${TOKEN_ENDPOINT}`,
  'GET /accounts',
  'GET /accounts/{logical-id}',
  'GET /accounts/{logical-id}/transactions',
  'POST /funds-confirmations',
  'POST /payments/{payment-product}',
  'GET /payments/{payment-product}/{payment-id}',
  'GET /payments/{payment-product}/{payment-id}/status',
  'DELETE /payments/{payment-product}/{payment-id}',
] as const;

interface Target {
  readonly method: string | undefined;
  readonly segments: readonly string[];
}

const WRITTEN = /^(?:([A-Za-z]+)\s+)?\/*([^?#\s]*)$/;
/** `{logical-id}`, `:id`, `<id>`, `*`: any value. */
const PLACEHOLDER = /^(?:\{.*\}|:.+|<.+>|\*)$/;
const VALUE = /^[A-Za-z0-9._~-]{1,512}$/;

function read(written: string): Target | null {
  const [, method, path] = WRITTEN.exec(written.trim()) ?? [];
  if (path === undefined) return null;
  return { method: method?.toUpperCase(), segments: path.split('/').filter((each) => each !== '') };
}

const KNOWN = MACHINE_ENDPOINTS.map((written) => {
  const [method = '', path = ''] = written.split(' ');
  return { method, path, segments: path.split('/').slice(1) };
});

const isParameter = (segment: string): boolean => segment.startsWith('{');

function segmentOf(known: string, given: string): string | null {
  if (!isParameter(known)) return known === given.toLowerCase() ? known : null;
  if (PLACEHOLDER.test(given)) return known;
  return VALUE.test(given) ? given : null;
}

function pathOf(known: readonly string[], given: readonly string[]): string | null {
  if (known.length !== given.length) return null;
  const segments = known.map((each, at) => segmentOf(each, given[at] ?? ''));
  return segments.includes(null) ? null : `/${segments.join('/')}`;
}

/**
 * The canonical name of an endpoint: its path, with the method where several methods share the path and one is meant. A
 * value in place of a name in braces selects calls with that value.
 *
 * @returns null when there is no such endpoint
 */
export function endpointOf(written: string): string | null {
  if (/^(?:any|\*)$/i.test(written.trim())) return ANY_ENDPOINT;
  const target = read(written);
  if (!target) return null;
  if (pathOf(['callback'], target.segments)) return target.method ? null : CALLBACK;
  const sharers = KNOWN.filter(({ segments }) => pathOf(segments, target.segments));
  const meant = sharers.find(({ method }) => target.method === undefined || method === target.method);
  const path = meant && pathOf(meant.segments, target.segments);
  if (!path) return null;
  return target.method !== undefined && sharers.length > 1 ? `${target.method} ${path}` : path;
}

/**
 * Every name under which a fault may be set for a call.
 *
 * @param route the route of the router, with `:name` for a parameter
 * @param url the URL of the call
 */
export function spellingsOf(method: string, route: string, url: string): string[] {
  const shape = route.split('/').slice(1);
  const known = KNOWN.find(
    ({ segments }) =>
      segments.length === shape.length &&
      segments.every((each, at) => (isParameter(each) ? shape[at]?.startsWith(':') : each === shape[at])),
  );
  const [sent = ''] = url.split('?');
  const paths = [...new Set([known?.path ?? route, sent])];
  return [ANY_ENDPOINT, ...paths.flatMap((path) => [path, `${method} ${path}`])];
}
