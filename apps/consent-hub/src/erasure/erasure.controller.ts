import { Body, Controller, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ERASURE_PROBLEMS } from './erasure.problems.js';
import { ErasureRequest } from './erasure.request.js';
import { ErasureService } from './erasure.service.js';
import { ErasureView, toErasedConsentView } from './erasure.view.js';

@ApiTags('administration')
@Controller('v1/erasures')
export class ErasureController {
  constructor(private readonly erasures: ErasureService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Requires('admin')
  @Problems(...Object.values(ERASURE_PROBLEMS))
  @ApiOperation({
    operationId: 'erasePerson',
    summary: 'Forget a person',
    description:
      'All consents of the person or none. They stay as dates and states without a name: every sealed value is destroyed, and what ' +
      'names the person: `psu_ref`, IBANs, accounts, addresses. Timelines hold no personal data and still verify. It cannot be ' +
      'undone. Spool files keep sealed answers for `HUB_SPOOL_RETENTION_MINUTES`, backups until you discard them.',
  })
  @ApiOkResponse({ type: ErasureView, description: 'The consents that were erased' })
  async erase(
    @CurrentCaller() caller: Caller,
    @Body() request: ErasureRequest,
    @Query() _query: NoQuery,
  ): Promise<ErasureView> {
    return { erased: (await this.erasures.erase(caller, request)).map(toErasedConsentView) };
  }
}
