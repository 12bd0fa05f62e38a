import { Problem, type ProblemKind } from '@consent-hub/platform';
import { ValidateBy, type ValidationOptions } from 'class-validator';

const MAX_LENGTH = 2048;

/** Hosts of the developer's own machine, where no other machine can read the traffic. */
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Spaces, control characters and backslashes, all of which URL parsers drop or bend in silence. */
const BENT_BY_PARSERS = /[\s\p{Cc}\\]/u;

/**
 * Whether a PSU may be sent there: an absolute URL over TLS (or to the developer's own machine), without a fragment, which
 * would swallow what is joined to the query, and without credentials, which would end up in the browser's history.
 */
export function isReturnUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return false;
  if (BENT_BY_PARSERS.test(value) || value.includes('#') || !/^https?:\/\//i.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || LOOPBACK_HOSTS.includes(url.hostname);
}

/** Validates a property by `isReturnUrl`. */
export const IsReturnUrl = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isReturnUrl',
      validator: {
        validate: isReturnUrl,
        defaultMessage: () =>
          `$property must be an absolute https URL of at most ${MAX_LENGTH} characters without fragment or credentials ` +
          '(http for localhost only)',
      },
    },
    options,
  );

export const RETURN_URL_NOT_ALLOWED: ProblemKind = {
  status: 422,
  code: 'return_url_not_allowed',
  detail: 'The PSUs of this API client may not be sent there.',
};

/**
 * Compared as it is written: a list that allowed more than it says would be an open redirect.
 *
 * @param allowed the addresses that the API client is registered with; null: any
 * @returns as the URL parser writes it: pure ASCII, fit for a Location header
 * @throws Problem 422 `return_url_not_allowed`
 */
export function toReturnUrl(wanted: string | null, allowed: ReadonlySet<string> | null): string | null {
  if (wanted === null) return null;
  if (allowed?.has(wanted) === false) {
    throw new Problem({
      ...RETURN_URL_NOT_ALLOWED,
      errors: [
        {
          field: 'return_url',
          detail: 'must be one of the addresses that this API client is registered with',
        },
      ],
    });
  }
  return new URL(wanted).href;
}
