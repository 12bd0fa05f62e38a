import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentTracedCaller, NoQuery, Problems, Requires, type TracedCaller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { ConsentProblems, GrantProblems } from '../http-api/consent-problems.decorator.js';
import { SCOPE_NOT_GRANTED } from './access-token.problems.js';
import { RejectedToken } from './access-token.requests.js';
import { AccessTokenService } from './access-token.service.js';
import { AccessTokenView } from './access-token.view.js';
import { answerUnlessKnown, entityTag, IF_NONE_MATCH, NOT_MODIFIED } from './conditional-answer.js';
import type { EarlyRequest } from './early-read.hook.js';
import { MIN_VALIDITY, MinValidityPipe } from './min-validity.pipe.js';

const ETAG = entityTag('The generation', '"3"');

@ApiTags('tokens')
@Controller('v1/consents/:id/access-token')
export class ConsentAccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  @Get()
  @Requires('tokens:read')
  @Problems(SCOPE_NOT_GRANTED)
  @ConsentProblems('consent_not_found')
  @GrantProblems()
  @ApiOperation({
    operationId: 'getAccessToken',
    summary: 'An access token of a consent',
    description:
      'Valid now. Refreshed first when less than the asked validity is left, where the bank can be reached.',
  })
  @ApiQuery({
    name: 'min_validity_seconds',
    required: false,
    description: MIN_VALIDITY.description,
    schema: MIN_VALIDITY,
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
    @Param('id', ParseUUIDPipe) id: string,
    @Query(MinValidityPipe) minValiditySeconds: number,
    @Req() { earlyRead, headers }: EarlyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const token = await this.tokens.forConsent(reader, id, minValiditySeconds, earlyRead);
    return answerUnlessKnown(reply, token, String(token.generation), headers['if-none-match']);
  }

  @Post('rejections')
  @HttpCode(HttpStatus.OK)
  @Requires('tokens:read')
  @Problems(SCOPE_NOT_GRANTED)
  @ConsentProblems('consent_not_found', 'refresh_too_soon')
  @GrantProblems()
  @ApiOperation({
    operationId: 'rejectAccessToken',
    summary: 'Say that the bank refused a token',
    description:
      'Refreshes only if that generation is still the current one, and answers with the token to use now. A consent is refreshed on request at most once in REFRESH_MIN_INTERVAL_SECONDS.',
  })
  @ApiOkResponse({
    type: AccessTokenView,
    description: 'The token to use now',
    headers: ETAG,
  })
  async reject(
    @CurrentTracedCaller() reader: TracedCaller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
    @Body() { generation }: RejectedToken,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const token = await this.tokens.afterRejection(reader, id, generation);
    return answerUnlessKnown(reply, token, String(token.generation), undefined);
  }
}
