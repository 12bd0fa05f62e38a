import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Requires, type Caller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { PersonTokenQuery } from './access-token.requests.js';
import { AccessTokenService } from './access-token.service.js';
import { AccessTokenView } from './access-token.view.js';
import { answerUnlessKnown } from './conditional-answer.js';

@ApiTags('tokens')
@ApiBearerAuth()
@Controller('v1/access-token')
export class PersonAccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  @Get()
  @Requires('tokens:read')
  @ApiOperation({
    summary: "An access token of a person's live consent",
    description:
      'For callers that know the person and not the consent. Survives renewals: the newest live consent serves.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of the token that you hold' })
  @ApiOkResponse({
    type: AccessTokenView,
    headers: { ETag: { description: 'The consent and the generation', schema: { type: 'string' } } },
  })
  @ApiResponse({
    status: 304,
    description: 'The token that you hold is still the one, and lasts as long as asked',
  })
  @ApiResponse({ status: 400, description: '`invalid_input`' })
  @ApiResponse({
    status: 403,
    description: '`scope_not_granted`: this API client reads no tokens of that scope',
  })
  @ApiResponse({
    status: 404,
    description: '`consent_not_found`: the person has no live consent of that scope',
  })
  @ApiResponse({
    status: 503,
    description: 'No valid token is left and the bank cannot be reached; see `Retry-After`',
  })
  async read(
    @CurrentCaller() caller: Caller,
    @Query() { brand, psu_ref: psuRef, scope, min_validity_seconds: minValiditySeconds }: PersonTokenQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const token = await this.tokens.forPerson(caller, { brand, psuRef, scope }, minValiditySeconds);
    // A renewal begins to count generations anew, so here the generation alone would not tell two tokens apart.
    return answerUnlessKnown(reply, token, `${token.consentId}.${token.generation}`, ifNoneMatch);
  }
}
