import { Controller, Get, Headers, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@consent-hub/platform';
import { BRANDS } from '@consent-hub/psd2-protocol';
import type { FastifyReply } from 'fastify';
import { AuthorizationReturnService } from './authorization-return.service.js';
import { readBankReturn } from './bank-return.js';
import { answerOf, pageAnswer } from './browser-answer.js';
import { CallbackFailureFilter } from './callback-failure.filter.js';
import { VisitGuard } from './visit.guard.js';

@ApiTags('callback')
@Controller('callback')
@UseGuards(VisitGuard)
@UseFilters(CallbackFailureFilter)
export class AuthorizationCallbackController {
  constructor(private readonly returns: AuthorizationReturnService) {}

  @Get(':brand')
  @Public()
  @ApiOperation({
    summary: 'Where the bank sends the PSU back',
    description: 'For browsers. Counts once: HEAD requests and prefetches are refused without effect.',
  })
  @ApiParam({ name: 'brand', enum: BRANDS })
  @ApiQuery({ name: 'state', description: 'The state of the link', schema: { type: 'string' } })
  @ApiQuery({
    name: 'code',
    required: false,
    description: 'The authorization code',
    schema: { type: 'string' },
  })
  @ApiQuery({
    name: 'error',
    required: false,
    description: 'Why there is no code',
    schema: { type: 'string' },
  })
  @ApiResponse({
    status: 200,
    description: 'A page that says what came of it, for a consent without `return_url`',
  })
  @ApiResponse({
    status: 303,
    description: 'To the `return_url`, with `consent_id`, `consent_state` and, when it failed, `reason`',
  })
  @ApiResponse({
    status: 400,
    description: 'A page: a parameter is missing, given twice or contradicts another',
  })
  @ApiResponse({ status: 404, description: 'A page: the state is unknown' })
  @ApiResponse({ status: 409, description: 'A page: the state was already used' })
  @ApiResponse({ status: 410, description: 'A page: the link was replaced by a newer one, or it expired' })
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
