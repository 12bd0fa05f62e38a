import { Controller, Get, Headers, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@consent-hub/platform';
import type { FastifyReply } from 'fastify';
import { BrowserAnswers, describedPage, METHOD_REFUSED_PAGE } from './browser-answer.js';
import { CallbackFailureFilter } from './callback-failure.filter.js';
import { LinkStartService } from './link-start.service.js';
import { VisitGuard } from './visit.guard.js';

@ApiTags('callback')
@Controller('start')
@UseGuards(VisitGuard)
@UseFilters(CallbackFailureFilter)
export class LinkStartController {
  constructor(
    private readonly links: LinkStartService,
    private readonly answers: BrowserAnswers,
  ) {}

  @Get(':id')
  @Public()
  @ApiOperation({
    operationId: 'startLink',
    summary: 'Where a PSU sets out for the bank',
    description:
      'For browsers, from `consent_uris`. Leaves a cookie, without which the return of this consent is not taken, and sends the ' +
      'browser on to the bank. Can be opened again while the link waits.',
  })
  @ApiParam({ name: 'id', description: 'Id of the consent' })
  @ApiQuery({
    name: 'language',
    required: false,
    description: "Language of the bank's screens; otherwise what the browser prefers",
    schema: { type: 'string', example: 'nl' },
  })
  @ApiResponse({
    status: 303,
    description: 'To the bank',
    headers: {
      Location: { description: 'The link of the bank', schema: { type: 'string', format: 'uri' } },
      'Set-Cookie': { description: 'The key of this browser', schema: { type: 'string' } },
    },
  })
  @ApiResponse(
    describedPage(404, 'No link waits under this id: it never did, was used, replaced, or expired'),
  )
  @ApiResponse(METHOD_REFUSED_PAGE)
  @ApiResponse(
    describedPage(500, 'The hub failed, or its database is away; the same link can be followed again'),
  )
  @ApiResponse(describedPage(503, 'A browser wanted to fetch the page in advance'))
  async start(
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const { language } = query;
    const link = await this.links.start(id, language, acceptLanguage);
    const answer = this.answers.start(link, typeof language === 'string' ? language : acceptLanguage);
    void reply.status(answer.status).headers(answer.headers);
    return answer.body;
  }
}
