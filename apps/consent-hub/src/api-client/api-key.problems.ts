import type { ProblemKind } from '@consent-hub/platform';

export const API_KEY_MISSING: ProblemKind = {
  status: 401,
  code: 'api_key_missing',
  detail: 'Send the API key: "Authorization: Bearer ch_...".',
};

export const API_KEY_INVALID: ProblemKind = {
  status: 401,
  code: 'api_key_invalid',
  detail: 'This is not the key of an API client.',
};

export const API_KEY_REVOKED: ProblemKind = {
  status: 401,
  code: 'api_key_revoked',
  detail: 'This key, or its API client, was revoked.',
};

export const API_KEY_EXPIRED: ProblemKind = {
  status: 401,
  code: 'api_key_expired',
  detail: 'This key has expired. Use the newer key of this API client, or have one made.',
};

export const RATE_LIMITED: ProblemKind = {
  status: 429,
  code: 'rate_limited',
  detail:
    'This API client makes more requests a second than it may. Nothing was done; come back after Retry-After.',
};

export const PERMISSION_MISSING: ProblemKind = {
  status: 403,
  code: 'permission_missing',
  detail: 'This API client lacks the permission that the route needs.',
};
