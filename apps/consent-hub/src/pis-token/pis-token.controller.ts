import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ConsentView, toConsentView } from '@consent-hub/consent';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import type { FastifyReply } from 'fastify';
import { PaymentCodeRequest } from './pis-token.request.js';
import { PisTokenService } from './pis-token.service.js';

@ApiTags('tokens')
@ApiBearerAuth()
@Controller('v1/pis-tokens')
export class PisTokenController {
  constructor(private readonly tokens: PisTokenService) {}

  @Post()
  @Requires('consents:write')
  @ApiOperation({
    summary: 'Exchange the code of a payment',
    description:
      'For a code that reached your own callback, because your initiation carried no token. The pair then serves other ' +
      'payments of the person too. The same code brought again gives the same consent.',
  })
  @ApiCreatedResponse({
    type: ConsentView,
    headers: { Location: { description: 'Path of the consent', schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 400, description: '`invalid_input`: `errors` names each field' })
  @ApiResponse({
    status: 409,
    description:
      '`consent_not_live`: the bank refused the code; `code_already_used`: it was brought for another person',
  })
  @ApiResponse({
    status: 502,
    description: 'The bank does not accept this TPP, or its answer cannot be read',
  })
  @ApiResponse({
    status: 503,
    description: 'The bank cannot be reached; bring the code again after `Retry-After`',
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() request: PaymentCodeRequest,
    @Query() _query: NoQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsentView> {
    const consent = await this.tokens.exchange(caller, {
      brand: request.brand,
      psuRef: request.psu_ref,
      code: new Secret(request.code),
      codeVerifier: new Secret(request.code_verifier),
      redirectUri: request.redirect_uri,
    });
    void reply.header('location', `/v1/consents/${consent.id}`);
    return toConsentView(consent);
  }
}
