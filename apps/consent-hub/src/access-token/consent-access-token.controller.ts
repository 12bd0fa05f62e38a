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
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Requires, type Caller } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { RejectedToken } from './access-token.requests.js';
import { AccessTokenService } from './access-token.service.js';
import { AccessTokenView } from './access-token.view.js';
import { answerUnlessKnown } from './conditional-answer.js';
import type { EarlyRequest } from './early-read.js';
import { MAX_VALIDITY_SECONDS, MinValidityPipe } from './min-validity.js';

@ApiTags('tokens')
@ApiBearerAuth()
@ApiResponse({
  status: 403,
  description: '`scope_not_granted`: you may see the consent, and read no tokens of its scope',
})
@ApiResponse({
  status: 404,
  description: '`consent_not_found`: there is none, or it is not yours and its scope is not granted to you',
})
@ApiResponse({
  status: 409,
  description: '`consent_not_live`, with `state`, `reason` and the `action` needed',
})
@ApiResponse({
  status: 503,
  description: 'No valid token is left and the bank cannot be reached; see `Retry-After`',
})
@Controller('v1/consents/:id/access-token')
export class ConsentAccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  @Get()
  @Requires('tokens:read')
  @ApiOperation({
    summary: 'An access token of a consent',
    description:
      'Valid now. Refreshed first when less than the asked validity is left, where the bank can be reached.',
  })
  @ApiQuery({
    name: 'min_validity_seconds',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: MAX_VALIDITY_SECONDS, default: 0 },
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of the token that you hold' })
  @ApiOkResponse({
    type: AccessTokenView,
    headers: { ETag: { description: 'The generation', schema: { type: 'string', example: '"3"' } } },
  })
  @ApiResponse({
    status: 304,
    description: 'The token that you hold is still the one, and lasts as long as asked',
  })
  async read(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query(MinValidityPipe) minValiditySeconds: number,
    @Req() { earlyRead, headers }: EarlyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const token = await this.tokens.forConsent(caller, id, minValiditySeconds, earlyRead);
    return answerUnlessKnown(reply, token, String(token.generation), headers['if-none-match']);
  }

  @Post('rejections')
  @HttpCode(HttpStatus.OK)
  @Requires('tokens:read')
  @ApiOperation({
    summary: 'Say that the bank refused a token',
    description:
      'Refreshes only if that generation is still the current one, and answers with the token to use now.',
  })
  @ApiOkResponse({ type: AccessTokenView })
  @ApiResponse({ status: 400, description: '`invalid_input`' })
  async reject(
    @CurrentCaller() caller: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() _query: NoQuery,
    @Body() { generation }: RejectedToken,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessTokenView | undefined> {
    const token = await this.tokens.afterRejection(caller, id, generation);
    return answerUnlessKnown(reply, token, String(token.generation), undefined);
  }
}
