import { Controller, Get } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import { CONSENT_URI_VERSIONS } from './consent-uri-versions.js';
import { ConsentUrisService, type ConsentUriBody } from './consent-uris.service.js';

@Controller('consent-uris')
export class ConsentUrisController {
  constructor(private readonly consentUris: ConsentUrisService) {}

  @Get()
  @MachineEndpoint({ identifiedBy: 'client_id', versions: CONSENT_URI_VERSIONS })
  list(@Call() call: MachineCall): Promise<ConsentUriBody[]> {
    return this.consentUris.open(call);
  }
}
