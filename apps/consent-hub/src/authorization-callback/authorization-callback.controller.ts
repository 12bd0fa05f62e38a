import { Controller, Get, Headers, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import type { FastifyReply } from 'fastify';
import { AuthorizationReturnService } from './authorization-return.service.js';
import { MAX_LENGTH, readBankReturn, VISIBLE } from './bank-return.js';
import { answerOf, pageAnswer } from './browser-answer.js';
import { CallbackFailureFilter } from './callback-failure.filter.js';
import { VisitGuard } from './visit.guard.js';

/** RFC 6749, appendix A.5 and A.11. */
const RETURNED = { type: 'string', minLength: 1, maxLength: MAX_LENGTH, pattern: VISIBLE.source };

const page = (status: number, description: string) => ({
  status,
  description: `A page in the language of the PSU: ${description}`,
  content: { 'text/html': { schema: { type: 'string', example: '<!doctype html>' } } },
});

@ApiTags('callback')
@Controller('callback')
@UseGuards(VisitGuard)
@UseFilters(CallbackFailureFilter)
export class AuthorizationCallbackController {
  constructor(private readonly returns: AuthorizationReturnService) {}

  @Get(':brand')
  @Public()
  @ApiOperation({
    operationId: 'receiveReturn',
    summary: 'Where the bank sends the PSU back',
    description: 'For browsers. Counts once: HEAD requests and prefetches are refused without effect.',
  })
  @ApiParam({ name: 'brand', enum: BRANDS, description: "The PSU's bank" })
  @ApiQuery({ name: 'state', description: 'The state of the link', schema: RETURNED })
  @ApiQuery({ name: 'code', required: false, description: 'The authorization code', schema: RETURNED })
  @ApiQuery({
    name: 'error',
    required: false,
    description: 'Why there is no code',
    schema: { type: 'string', example: 'access_denied' },
  })
  @ApiResponse(page(200, 'What came of it, for a consent without `return_url`'))
  @ApiResponse({
    status: 303,
    description: 'To the `return_url`, with `consent_id`, `consent_state` and, when it failed, `reason`',
    headers: {
      Location: { description: 'Where the PSU goes on', schema: { type: 'string', format: 'uri' } },
    },
  })
  @ApiResponse(page(400, 'A parameter is missing, given twice or contradicts another'))
  @ApiResponse(page(404, 'The state is unknown'))
  @ApiResponse({
    ...page(405, 'Asked by HEAD, as scanners of links do; nothing was used up'),
    headers: { Allow: { $ref: '#/components/headers/Allow' } },
  })
  @ApiResponse(page(409, 'The state was already used'))
  @ApiResponse(page(410, 'The link was replaced by a newer one, or it expired'))
  @ApiResponse(page(500, 'The hub failed, or its database is away; the same link can be followed again'))
  @ApiResponse(page(503, 'A browser wanted to fetch the page in advance; nothing was used up'))
  async receive(
    @Param('brand') brand: string,
    // No class: what else the bank may send along is none of our business.
    @Query() query: Record<string, unknown>,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const back = readBankReturn(query);
    const answer = back
      ? answerOf(await this.returns.receive(brand, back), acceptLanguage)
      : pageAnswer(400, 'unreadable', acceptLanguage);
    void reply.status(answer.status).headers(answer.headers);
    return answer.body;
  }
}
