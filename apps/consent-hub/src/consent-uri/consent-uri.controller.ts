import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { ConsentOpeningService } from './consent-opening.service.js';
import { OpenConsentRequest } from './open-consent.request.js';
import { OpenedConsentView, toOpenedConsentView } from './opened-consent.view.js';
import { toOpening } from './opening.js';

@ApiTags('consents')
@ApiBearerAuth()
@Controller('v1/consents')
export class ConsentUriController {
  constructor(private readonly openings: ConsentOpeningService) {}

  @Post()
  @Requires('consents:write')
  @ApiOperation({
    summary: 'Open a consent',
    description:
      'Asks the bank where to send the PSU (AIS, CAF), or prepares a payment initiation of your own (PIS). An older link of ' +
      'the same person, brand and scope that still waits is replaced; a live consent keeps serving until this one is completed.',
  })
  @ApiBody({
    type: OpenConsentRequest,
    examples: {
      AIS: { value: { scope: 'AIS', brand: 'belfius', psu_ref: 'customer-4711', language: 'fr' } },
      CAF: { value: { scope: 'CAF', brand: 'belfius', psu_ref: 'customer-4711', iban: 'BE83063154780915' } },
      PIS: { value: { scope: 'PIS', brand: 'banx', psu_ref: 'customer-4711' } },
    },
  })
  @ApiCreatedResponse({
    type: OpenedConsentView,
    headers: { Location: { description: 'Path of the consent', schema: { type: 'string' } } },
  })
  @ApiResponse({
    status: 400,
    description: '`invalid_input`: `errors` names each field and what is expected there',
  })
  @ApiResponse({
    status: 422,
    description: '`iban_required`, `iban_not_allowed`, or the bank refused the call',
  })
  @ApiResponse({
    status: 502,
    description: 'The bank does not accept this TPP, or its answer cannot be read',
  })
  @ApiResponse({ status: 503, description: 'The bank cannot be reached or is busy; see `Retry-After`' })
  @ApiResponse({ status: 504, description: 'The bank did not answer in time; nothing was opened' })
  async open(
    @CurrentCaller() caller: Caller,
    @Body() request: OpenConsentRequest,
    @Query() _query: NoQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenedConsentView> {
    const opened = await this.openings.open(caller, toOpening(request));
    void reply.header('location', `/v1/consents/${opened.consent.id}`);
    return toOpenedConsentView(opened);
  }
}
