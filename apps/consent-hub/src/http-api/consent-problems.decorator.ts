import type { ConsentErrorCode } from '@consent-hub/consent';
import { Problems } from '@consent-hub/platform';

/** For the description of the API: the errors of a consent with which a route can fail. */
export const ConsentProblems = (...codes: readonly ConsentErrorCode[]): MethodDecorator =>
  Problems(...codes.map((code) => ({ library: 'consent', code }) as const));

/** For a route that may have the bank asked for a pair. */
export const GrantProblems = (): MethodDecorator =>
  ConsentProblems(
    'consent_not_live',
    'grant_in_progress',
    'grant_in_doubt',
    'bank_unavailable',
    'grants_paused',
    'bank_refused',
    'bank_answer_unreadable',
  );
