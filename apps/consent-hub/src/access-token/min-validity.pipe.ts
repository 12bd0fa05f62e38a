import { Injectable, type PipeTransform } from '@nestjs/common';
import { INVALID_INPUT, Problem, type InputFault } from '@consent-hub/platform';

const NAME = 'min_validity_seconds';

/** No token of the bank lives longer than an hour (bank page "Flows"); asking for more would refresh on every call. */
export const MAX_VALIDITY_SECONDS = 3600;
/** For the description of the API. */
export const MIN_VALIDITY = {
  type: 'integer',
  minimum: 0,
  maximum: MAX_VALIDITY_SECONDS,
  default: 0,
  description: 'Seconds for which you need the token. With less left it is refreshed first.',
} as const;
export const VALIDITY_FAULT = `must be a whole number from 0 to ${MAX_VALIDITY_SECONDS}`;

/** A parameter of a query as a number of seconds; anything but plain digits is none. */
export const toSeconds = (value: unknown): number =>
  typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;

/**
 * Reads the query of the hot path: `min_validity_seconds`, or nothing. By hand, because validating a class would cost
 * about a third of the whole request.
 */
@Injectable()
export class MinValidityPipe implements PipeTransform<Readonly<Record<string, unknown>>, number> {
  transform(query: Readonly<Record<string, unknown>>): number {
    const unknown = Object.keys(query).filter((name) => name !== NAME);
    if (unknown.length > 0) {
      throw invalid(unknown.map((field) => ({ field, detail: 'is not a field of this call' })));
    }
    if (query[NAME] === undefined) return 0;
    const seconds = toSeconds(query[NAME]);
    if (!(seconds <= MAX_VALIDITY_SECONDS)) {
      throw invalid([{ field: NAME, detail: VALIDITY_FAULT }]);
    }
    return seconds;
  }
}

const invalid = (errors: InputFault[]): Problem =>
  new Problem({
    ...INVALID_INPUT,
    detail: `The query cannot be accepted: ${errors.map(({ field }) => field).join(', ')}.`,
    errors,
  });
