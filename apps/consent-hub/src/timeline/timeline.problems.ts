import type { ProblemKind } from '@consent-hub/platform';

export const MONTH_NOT_OVER: ProblemKind = {
  status: 409,
  code: 'month_not_over',
  detail: 'Entries of this month may still be written, until a day after its end.',
};
