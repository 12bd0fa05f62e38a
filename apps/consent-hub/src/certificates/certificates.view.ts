import { ApiProperty } from '@nestjs/swagger';
import type { DatedCertificate } from '@consent-hub/bank-client';
import { BRANDS, PSP_ROLES, type Brand, type PspRole } from '@consent-hub/psd2-protocol';
import { CERTIFICATE_PROBLEM_CODES, type CertificateProblem } from './certificate-problems.js';
import type { ExaminedCertificate } from './certificates.service.js';

const SECONDS_PER_DAY = 86_400;

class AuthorityView {
  @ApiProperty({ description: 'Distinguished name', example: 'CN=Bank CA, C=BE' })
  subject: string;

  @ApiProperty({ format: 'date-time' })
  not_before: string;

  @ApiProperty({ format: 'date-time' })
  not_after: string;

  @ApiProperty({
    type: 'integer',
    description: 'Whole days until `not_after`; negative after it',
    example: 212,
  })
  days_left: number;
}

class CertificateProblemView {
  @ApiProperty({
    enum: CERTIFICATE_PROBLEM_CODES,
    description: [
      '- `expired`, `not_yet_valid`: no connection to the bank can be made',
      '- `expires_soon`: it ends within 30 days',
      '- `files_refused`: the files have changed and cannot be used; those before are in use',
      '- `psd2_statement_missing`: it names no role of a PSD2 provider',
      '- `role_missing`: there are consents of a scope that needs a role which it lacks',
      '- `organisation_id_missing`, `organisation_id_malformed`: the number of the provider is not there, or of another form',
    ].join('\n'),
  })
  code: CertificateProblem['code'];

  @ApiProperty({ example: 'The authority CN=Bank CA, C=BE ends at 2026-12-24T00:00:00.000Z.' })
  detail: string;
}

class CertificateView extends AuthorityView {
  @ApiProperty({ enum: BRANDS })
  brand: Brand;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'organizationIdentifier of the subject (ETSI TS 119 495)',
    example: 'PSDBE-NBB-0123456789',
  })
  organisation_id: string | null;

  @ApiProperty({ enum: PSP_ROLES, isArray: true, example: ['PSP_AI', 'PSP_PI'] })
  roles: PspRole[];

  @ApiProperty({ description: 'SHA-256 of the certificate, hex', example: 'a3'.repeat(32) })
  fingerprint: string;

  @ApiProperty({ format: 'date-time', description: 'Since when this hub uses it' })
  loaded_at: string;

  @ApiProperty({ type: [AuthorityView], description: 'The authorities that this hub trusts at the bank' })
  ca: AuthorityView[];

  @ApiProperty({ type: [CertificateProblemView], description: 'Empty: all is well' })
  problems: CertificateProblemView[];
}

export class CertificatesView {
  @ApiProperty({ type: [CertificateView] })
  items: CertificateView[];
}

export const toCertificatesView = (examined: readonly ExaminedCertificate[]): CertificatesView => ({
  items: examined.map(({ certificate, problems }) => ({
    brand: certificate.brand,
    ...toAuthorityView(certificate),
    organisation_id: certificate.organizationIdentifier,
    roles: [...certificate.roles],
    fingerprint: certificate.fingerprint,
    loaded_at: certificate.loadedAt.toISOString(),
    ca: certificate.authorities.map(toAuthorityView),
    problems: [...problems],
  })),
});

const toAuthorityView = ({ subject, notBefore, notAfter, secondsLeft }: DatedCertificate): AuthorityView => ({
  subject,
  not_before: notBefore.toISOString(),
  not_after: notAfter.toISOString(),
  days_left: Math.floor(secondsLeft / SECONDS_PER_DAY),
});
