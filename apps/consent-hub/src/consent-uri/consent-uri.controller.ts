import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { GivenIdempotencyKey, IDEMPOTENCY_KEY_LENGTH } from './idempotency-key.decorator.js';
import { IdempotentOpeningService } from './idempotent-opening.service.js';
import { OpenConsentRequest } from './open-consent.request.js';
import { OpenedConsentView } from './opened-consent.view.js';
import { toOpening } from './opening.js';

@ApiTags('consents')
@ApiBearerAuth()
@Controller('v1/consents')
export class ConsentUriController {
  constructor(private readonly openings: IdempotentOpeningService) {}

  @Post()
  @Requires('consents:write')
  @ApiOperation({
    summary: 'Open a consent',
    description:
      'Asks the bank where to send the PSU (AIS, CAF), or prepares a payment initiation of your own (PIS). An older link of ' +
      'the same person, brand and scope that still waits is replaced; a live consent keeps serving until this one is completed.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Yours, of visible ASCII characters. For a day the same key and body give the same answer, also to calls at the same time.',
    schema: { type: 'string', minLength: 1, maxLength: IDEMPOTENCY_KEY_LENGTH },
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
    status: 409,
    description: '`idempotency_key_in_use`: the first call with this key has not been answered yet',
  })
  @ApiResponse({
    status: 422,
    description:
      '`iban_required`, `iban_not_allowed`, `iban_not_of_bank`, `return_url_not_allowed`, `idempotency_key_reused`, or the bank refused the call',
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
    @GivenIdempotencyKey() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenedConsentView> {
    const opened = await this.openings.open(caller, toOpening(caller, request), idempotencyKey);
    void reply.header('location', `/v1/consents/${opened.id}`);
    return opened;
  }
}
