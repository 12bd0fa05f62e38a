import { Injectable } from '@nestjs/common';
import { CertificateExamination, ClientCertificates, type ClientCertificate } from '@consent-hub/bank-client';
import { HubFigures, isEnded } from '@consent-hub/consent';
import { SCOPES, type Brand, type Scope } from '@consent-hub/psd2-protocol';
import { problemsOf, type CertificateProblem } from './certificate-problems.js';

export interface ExaminedCertificate {
  readonly certificate: ClientCertificate;
  readonly problems: readonly CertificateProblem[];
}

/** Examines the certificates in use against the scopes in use. */
@Injectable()
export class CertificatesService extends CertificateExamination {
  constructor(
    private readonly certificates: ClientCertificates,
    private readonly figures: HubFigures,
  ) {
    super();
  }

  override async examine(): Promise<ExaminedCertificate[]> {
    const { consents } = await this.figures.read();
    const scopesAt = (brand: Brand): Scope[] =>
      SCOPES.filter((scope) =>
        consents.some((count) => count.brand === brand && count.scope === scope && !isEnded(count.state)),
      );
    return this.certificates.list().map((certificate) => ({
      certificate,
      problems: problemsOf(certificate, scopesAt(certificate.brand)),
    }));
  }
}
