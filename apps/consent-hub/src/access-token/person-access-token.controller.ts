import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentTracedCaller, Problems, Requires, type TracedCaller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { ConsentProblems, GrantProblems } from '../http-api/consent-problems.decorator.js';
import { SCOPE_NOT_GRANTED } from './access-token.problems.js';
import { PersonTokenQuery } from './access-token.requests.js';
import { AccessTokenService } from './access-token.service.js';
import { AccessTokenView } from './access-token.view.js';
import { answerUnlessKnown, entityTag, IF_NONE_MATCH, NOT_MODIFIED } from './conditional-answer.js';

const ETAG = entityTag('The consent and the generation', '"0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70.3"');

@ApiTags('tokens')
@Controller('v1/access-token')
export class PersonAccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  @Get()
  @Requires('tokens:read')
  @Problems(SCOPE_NOT_GRANTED)
  @ConsentProblems('consent_not_found')
  @GrantProblems()
  @ApiOperation({
    operationId: 'getAccessTokenOfPerson',
    summary: "An access token of a person's live consent",
    description:
      'For callers that know the person and not the consent. Survives renewals: the newest live consent serves.',
  })
  @ApiHeader(IF_NONE_MATCH)
  @ApiOkResponse({
    type: AccessTokenView,
    description: 'A token that works',
    headers: ETAG,
  })
  @ApiResponse({ ...NOT_MODIFIED, headers: ETAG })
  async read(
    @CurrentTracedCaller() reader: TracedCaller,
    @Query() { brand, psu_ref: psuRef, scope, min_validity_seconds: minValiditySeconds }: PersonTokenQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const person = { brand, psuRef, scope };
    const token = await this.tokens.forPerson(reader, person, minValiditySeconds);
    reader.trace.consentId = token.consentId;
    // A renewal begins to count generations anew, so here the generation alone would not distinguish two tokens.
    return answerUnlessKnown(reply, token, `${token.consentId}.${token.generation}`, ifNoneMatch);
  }
}
