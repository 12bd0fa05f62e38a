import type { ErasureErrorCode } from '@consent-hub/consent';
import type { ProblemKind } from '@consent-hub/platform';

export const ERASURE_PROBLEMS: Record<ErasureErrorCode, ProblemKind> = {
  person_unknown: {
    status: 404,
    code: 'person_unknown',
    detail: 'No consent bears that name.',
  },
  consents_not_ended: {
    status: 409,
    code: 'consents_not_ended',
    detail: 'Nothing was erased: "consents" have not ended. With revoke they are ended first.',
  },
  call_under_way: {
    status: 409,
    code: 'call_under_way',
    detail:
      'Nothing was erased: the bank is being asked for the tokens of "consents". Try again in some minutes.',
  },
};
