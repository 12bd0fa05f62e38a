import type { ProblemKind } from '@consent-hub/platform';

export const SCOPE_NOT_GRANTED: ProblemKind = {
  status: 403,
  code: 'scope_not_granted',
  detail: 'This API client may not read tokens of that scope.',
};

export const SCA_FOR_AIS_ONLY: ProblemKind = {
  status: 422,
  code: 'sca_for_ais_only',
  detail: 'Only a consent of scope AIS has SCA tokens.',
};

export const NO_SCA_TOKEN: ProblemKind = {
  status: 404,
  code: 'no_sca_token',
  detail: 'This consent has no SCA token: the bank gave none, or its hour has passed.',
};
