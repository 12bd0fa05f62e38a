import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoQuery, Requires } from '@consent-hub/platform';
import { CertificatesService } from './certificates.service.js';
import { CertificatesView, toCertificatesView } from './certificates.view.js';

@ApiTags('administration')
@Controller('v1/certificates')
export class CertificatesController {
  constructor(private readonly certificates: CertificatesService) {}

  @Get()
  @Requires('admin')
  @ApiOperation({
    operationId: 'listCertificates',
    summary: 'The certificates for the bank, and what is wrong with them',
    description:
      'Of the hub that answers: each reads its own files. Files that change are taken into use within ten seconds, or at once ' +
      'on SIGHUP; files that cannot be used are refused, and those before stay.',
  })
  @ApiOkResponse({ type: CertificatesView, description: 'One item for each brand' })
  async list(@Query() _query: NoQuery): Promise<CertificatesView> {
    return toCertificatesView(await this.certificates.examine());
  }
}
