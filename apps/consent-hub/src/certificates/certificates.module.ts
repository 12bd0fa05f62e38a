import { ConsentModule } from '@consent-hub/consent';
import { Module } from '@nestjs/common';
import { CertificateExpiryJob } from './certificate-expiry.job.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesService } from './certificates.service.js';

/** Shows the certificates for the bank, and tells when they end. Needs the port `HubFigures`. */
@Module({
  imports: [ConsentModule],
  controllers: [CertificatesController],
  providers: [CertificatesService, CertificateExpiryJob],
})
export class CertificatesModule {}
