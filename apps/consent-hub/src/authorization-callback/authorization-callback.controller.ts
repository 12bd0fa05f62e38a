import { Controller, Get, Headers, Param, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public, traceOf } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BankReturnService } from './bank-return.service.js';
import { MAX_LENGTH, readBankReturn, VISIBLE } from './bank-return.js';
import { BrowserAnswers, describedPage, METHOD_REFUSED_PAGE } from './browser-answer.js';
import { CallbackFailureFilter } from './callback-failure.filter.js';
import { VisitGuard } from './visit.guard.js';

/** RFC 6749, appendix A.5 and A.11. */
const RETURNED = { type: 'string', minLength: 1, maxLength: MAX_LENGTH, pattern: VISIBLE.source };

@ApiTags('callback')
@Controller('callback')
@UseGuards(VisitGuard)
@UseFilters(CallbackFailureFilter)
export class AuthorizationCallbackController {
  constructor(
    private readonly returns: BankReturnService,
    private readonly answers: BrowserAnswers,
  ) {}

  @Get(':brand')
  @Public()
  @ApiOperation({
    operationId: 'receiveReturn',
    summary: 'Where the bank sends the PSU back',
    description:
      'For browsers. Takes effect once, and shows the result as often as it is opened, to the browser that it is tied to. ' +
      'HEAD requests and prefetches are refused without effect.',
  })
  @ApiParam({ name: 'brand', enum: BRANDS, description: "The PSU's bank" })
  @ApiQuery({ name: 'state', description: 'The state of the link', schema: RETURNED })
  @ApiQuery({ name: 'code', required: false, description: 'The authorization code', schema: RETURNED })
  @ApiQuery({
    name: 'sca_token',
    required: false,
    description: 'What a later authentication of the PSU brought (`sca-authorizations`)',
    schema: RETURNED,
  })
  @ApiQuery({
    name: 'error',
    required: false,
    description: 'Why there is no code',
    schema: { type: 'string', example: 'access_denied' },
  })
  @ApiResponse(describedPage(200, 'The result, for a consent without `return_url`'))
  @ApiResponse({
    status: 303,
    description:
      'To the `return_url`, with `consent_id`, `consent_state`, when it failed `reason`, and of a later authentication `sca`',
    headers: {
      Location: { description: 'Where the PSU continues', schema: { type: 'string', format: 'uri' } },
    },
  })
  @ApiResponse(describedPage(400, 'A parameter is missing, given twice or contradicts another'))
  @ApiResponse(
    describedPage(
      403,
      'The consent was started in another browser (timeline: `browser_not_bound`); nothing was used up',
    ),
  )
  @ApiResponse(describedPage(404, 'The state is unknown'))
  @ApiResponse(METHOD_REFUSED_PAGE)
  @ApiResponse(
    describedPage(409, 'The state was used, by another browser or for a consent that has ended since'),
  )
  @ApiResponse(describedPage(410, 'The link was replaced by a newer one, or it expired'))
  @ApiResponse(
    describedPage(500, 'The hub failed, or its database is away; the same link can be followed again'),
  )
  @ApiResponse(describedPage(503, 'A browser wanted to fetch the page in advance; nothing was used up'))
  async receive(
    @Param('brand') brand: string,
    // No class: what else the bank may send along is none of our business.
    @Query() query: Record<string, unknown>,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const back = readBankReturn(query);
    const answer = back
      ? this.answers.of(
          await this.returns.receive(brand, back, request.headers.cookie, traceOf(request)),
          acceptLanguage,
        )
      : this.answers.page(400, 'unreadable', acceptLanguage);
    void reply.status(answer.status).headers(answer.headers);
    return answer.body;
  }
}
