import type { ClientCertificate, DatedCertificate } from '@consent-hub/bank-client';
import { ROLE_OF_SCOPE, type Scope } from '@consent-hub/psd2-protocol';

export const CERTIFICATE_PROBLEM_CODES = [
  'expired',
  'not_yet_valid',
  'expires_soon',
  'files_refused',
  'psd2_statement_missing',
  'role_missing',
  'organisation_id_missing',
  'organisation_id_malformed',
] as const;

/** Something about the certificates of a brand that an operator should mend. */
export interface CertificateProblem {
  readonly code: (typeof CERTIFICATE_PROBLEM_CODES)[number];
  readonly detail: string;
}

/** ETSI TS 119 495 clause 5.2.1: scheme and country, competent authority, number of the provider there. */
const ORGANISATION_ID = /^PSD[A-Z]{2}-[A-Z]{2,8}-.+$/;

/** @param scopes those that consents at the brand have */
export function problemsOf(certificate: ClientCertificate, scopes: readonly Scope[]): CertificateProblem[] {
  const { brand, authorities, refusal } = certificate;
  return [
    ...datesOf(`The client certificate for ${brand}`, certificate),
    ...authorities.flatMap((authority) => datesOf(`The authority ${authority.subject}`, authority)),
    ...(refusal === null ? [] : [{ code: 'files_refused' as const, detail: refusal }]),
    ...rolesOf(certificate, scopes),
    ...organisationOf(certificate),
  ];
}

function datesOf(name: string, { state, notBefore, notAfter }: DatedCertificate): CertificateProblem[] {
  switch (state) {
    case 'valid':
      return [];
    case 'expires_soon':
      return [{ code: state, detail: `${name} ends at ${notAfter.toISOString()}.` }];
    case 'expired':
      return [{ code: state, detail: `${name} ended at ${notAfter.toISOString()}.` }];
    case 'not_yet_valid':
      return [{ code: state, detail: `${name} is not valid before ${notBefore.toISOString()}.` }];
  }
}

function rolesOf({ roles }: ClientCertificate, scopes: readonly Scope[]): CertificateProblem[] {
  if (roles.length === 0)
    return [{ code: 'psd2_statement_missing', detail: 'The certificate names no role of a PSD2 provider.' }];
  return scopes
    .filter((scope) => !roles.includes(ROLE_OF_SCOPE[scope]))
    .map((scope) => ({
      code: 'role_missing',
      detail: `The certificate lacks the role ${ROLE_OF_SCOPE[scope]}, which consents of scope ${scope} need.`,
    }));
}

function organisationOf({ organizationIdentifier: id }: ClientCertificate): CertificateProblem[] {
  if (id === null)
    return [{ code: 'organisation_id_missing', detail: 'The subject has no organizationIdentifier.' }];
  if (ORGANISATION_ID.test(id)) return [];
  const detail = `The organizationIdentifier is ${id}, not of the form PSDBE-NBB-0123456789.`;
  return [{ code: 'organisation_id_malformed', detail }];
}
