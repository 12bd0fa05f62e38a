import type { ProblemKind } from '@consent-hub/platform';

export const NO_ANSWER_KEPT: ProblemKind = {
  status: 404,
  code: 'no_answer_kept',
  detail: 'No answer to such a token request is kept.',
};

export const NO_ANSWER_WAITED_FOR: ProblemKind = {
  status: 404,
  code: 'no_answer_waited_for',
  detail: 'No answer to such a request is waited for.',
};
