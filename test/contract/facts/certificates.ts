import type { Refusal } from './refusals.js';

/** Every endpoint except those of consents and tokens. */
export const DATA_ENDPOINTS = [
  'account',
  'transactions',
  'funds',
  'payment',
  'status',
  'details',
  'cancellation',
] as const;

export type CertificateKind =
  | 'none'
  | 'of an unknown authority'
  | 'that has ended'
  | 'that has not begun'
  | 'that is not registered'
  | 'of another client';

interface CertificateRefusal {
  readonly kind: CertificateKind;
  readonly source: string;
  readonly answer: Refusal;
}

const ASSUMED = 'assumed: the bank’s page is silent';
const SECURITY_PARAMETERS: Refusal = [
  401,
  'FAILED_SECURITY_VALIDATION',
  'GEN-1203-100008',
  'Validation failed for security related parameters',
];
const INVALID_CLIENT: Refusal = [
  401,
  'FAILED_SECURITY_VALIDATION',
  'GEN-1203-100009',
  'Invalid Api-Key/Client-ID',
];

/** One that cannot be trusted, and one that is not the caller's. */
export const CERTIFICATE_REFUSALS: readonly CertificateRefusal[] = [
  { kind: 'none', source: ASSUMED, answer: SECURITY_PARAMETERS },
  { kind: 'of an unknown authority', source: ASSUMED, answer: SECURITY_PARAMETERS },
  { kind: 'that has ended', source: ASSUMED, answer: SECURITY_PARAMETERS },
  { kind: 'that has not begun', source: ASSUMED, answer: SECURITY_PARAMETERS },
  { kind: 'that is not registered', source: 'bank page "error codes"', answer: INVALID_CLIENT },
  { kind: 'of another client', source: 'bank page "error codes"', answer: INVALID_CLIENT },
];
