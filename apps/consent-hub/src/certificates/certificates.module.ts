import { Module } from '@nestjs/common';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesService } from './certificates.service.js';

/** Shows the certificates for the bank. Needs the port `HubFigures`. */
@Module({ controllers: [CertificatesController], providers: [CertificatesService] })
export class CertificatesModule {}
