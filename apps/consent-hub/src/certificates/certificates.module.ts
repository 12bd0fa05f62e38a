import { CertificateExamination } from '@consent-hub/bank-client';
import { ConsentModule } from '@consent-hub/consent';
import { Global, Module } from '@nestjs/common';
import { CertificateExpiryJob } from './certificate-expiry.job.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesService } from './certificates.service.js';

/** Shows the certificates for the bank, and tells when they end. Needs the port `HubFigures`; global for its own port alone. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [CertificatesController],
  providers: [
    CertificatesService,
    { provide: CertificateExamination, useExisting: CertificatesService },
    CertificateExpiryJob,
  ],
  exports: [CertificateExamination],
})
export class CertificatesModule {}
