import {
  applyDecorators,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, NoQuery, Problems, Requires, type Caller } from '@consent-hub/platform';
import { ListTokenRequestsRequest } from './list-token-requests.request.js';
import {
  ReparsedAnswerList,
  ReparsedAnswerView,
  ResolvedRequestView,
  TokenRequestList,
  toReparsedAnswerView,
  toTokenRequestList,
} from './token-request.view.js';
import { NO_ANSWER_KEPT, NO_ANSWER_WAITED_FOR } from './token-requests.problems.js';
import { TokenRequestsService } from './token-requests.service.js';

/** A call on one token request, which its Request-ID names. */
const OfRequest = (action: string): MethodDecorator =>
  applyDecorators(
    Post(`:request_id/${action}`),
    HttpCode(HttpStatus.OK),
    Requires('admin'),
    ApiParam({
      name: 'request_id',
      format: 'uuid',
      description: 'Request-ID of the call at the bank.',
      example: '0b54cbb4-9d0a-4ab5-9a23-6e7a7e4ff0d1',
    }),
  );

@ApiTags('administration')
@Controller('v1/token-requests')
export class TokenRequestsController {
  constructor(private readonly requests: TokenRequestsService) {}

  @Get()
  @Requires('admin')
  @ApiOperation({
    operationId: 'listTokenRequests',
    summary: 'Calls of POST /token',
    description: 'What the hub asked the bank for, and the result, newest first; never a token.',
  })
  @ApiOkResponse({ type: TokenRequestList, description: 'A page of token requests' })
  async list(@Query() request: ListTokenRequestsRequest): Promise<TokenRequestList> {
    return toTokenRequestList(await this.requests.list(request));
  }

  @Post('reparse')
  @HttpCode(HttpStatus.OK)
  @Requires('admin')
  @ApiOperation({
    operationId: 'reparseAnswers',
    summary: 'Read kept answers again',
    description:
      'Reads the answers again that could not be read and are waited for, a thousand at most, those first that wait longest, and ' +
      'stores what they hold. The hub does the same at its start and every minute. Nothing is sent to the bank.',
  })
  @ApiOkResponse({ type: ReparsedAnswerList, description: 'The result of each' })
  async reparseAll(@Query() _query: NoQuery): Promise<ReparsedAnswerList> {
    return { items: (await this.requests.reparseAll()).map(toReparsedAnswerView) };
  }

  @OfRequest('reparse')
  @Problems(NO_ANSWER_KEPT)
  @ApiOperation({
    operationId: 'reparseAnswer',
    summary: 'Read one kept answer again',
    description: 'Also one that is not waited for any more. Nothing is sent to the bank.',
  })
  @ApiOkResponse({ type: ReparsedAnswerView, description: 'The result' })
  async reparse(
    @Param('request_id', ParseUUIDPipe) requestId: string,
    @Query() _query: NoQuery,
  ): Promise<ReparsedAnswerView> {
    return toReparsedAnswerView(await this.requests.reparse(requestId));
  }

  @OfRequest('resolve')
  @Problems(NO_ANSWER_WAITED_FOR)
  @ApiOperation({
    operationId: 'resolveTokenRequest',
    summary: 'Wait no longer for an answer that cannot be read',
    description:
      'The next request for the consent asks the bank again. If the bank has replaced the pair, it refuses the old one and the ' +
      'consent ends as failed. The answer stays kept until a later pair is there. Nothing is sent to the bank by this call.',
  })
  @ApiOkResponse({ type: ResolvedRequestView, description: 'The request is in doubt now' })
  async resolve(
    @CurrentCaller() caller: Caller,
    @Param('request_id', ParseUUIDPipe) requestId: string,
    @Query() _query: NoQuery,
  ): Promise<ResolvedRequestView> {
    const consentId = await this.requests.giveUp(caller, requestId);
    return { request_id: requestId, consent_id: consentId, status: 'in_doubt' };
  }
}
