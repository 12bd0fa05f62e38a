import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentCaller,
  CurrentTrace,
  NoQuery,
  Problems,
  Requires,
  type Caller,
  type RequestTrace,
} from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import type { FastifyReply } from 'fastify';
import { GrantProblems } from '../http-api/consent-problems.decorator.js';
import { CONSENT_LOCATION, ConsentView, toConsentView } from '../http-api/consent.view.js';
import { PaymentCodeRequest } from './pis-token.request.js';
import { CODE_ALREADY_USED, PisTokenService } from './pis-token.service.js';

@ApiTags('tokens')
@Controller('v1/pis-tokens')
export class PisTokenController {
  constructor(private readonly tokens: PisTokenService) {}

  @Post()
  @Requires('consents:write')
  @Problems(CODE_ALREADY_USED)
  @GrantProblems()
  @ApiOperation({
    operationId: 'exchangePaymentCode',
    summary: 'Exchange the code of a payment',
    description:
      'For a code that reached your own callback, because your initiation carried no token. The pair then serves other ' +
      'payments of the person too. The same code brought again gives the same consent.',
  })
  @ApiCreatedResponse({
    type: ConsentView,
    description: 'The live consent',
    headers: CONSENT_LOCATION,
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() request: PaymentCodeRequest,
    @Query() _query: NoQuery,
    @CurrentTrace() trace: RequestTrace,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentView> {
    const payment = {
      brand: request.brand,
      psuRef: request.psu_ref,
      code: new Secret(request.code),
      codeVerifier: new Secret(request.code_verifier),
      redirectUri: request.redirect_uri,
    };
    const consent = await this.tokens.exchange(caller, payment, trace);
    void reply.header('location', `/v1/consents/${consent.id}`);
    return toConsentView(consent);
  }
}
