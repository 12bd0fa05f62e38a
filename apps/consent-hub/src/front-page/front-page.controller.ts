import { PageBrand, Public } from '@consent-hub/platform';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FRONT_PAGE_STYLE } from './front-page-style.js';
import { FrontPageService } from './front-page.service.js';
import { renderFrontPage } from './front-page.js';
import { FrontPageView } from './front-page.view.js';

@ApiTags('description')
@ApiExtraModels(FrontPageView)
@Public()
@Controller()
export class FrontPageController {
  constructor(
    private readonly page: FrontPageService,
    private readonly brand: PageBrand,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'readFrontPage',
    summary: 'What this is, how its brands stand, where to go',
    description:
      'A page for browsers (`Accept: text/html`), JSON for anyone else. Asks no bank, and tells nothing confidential.',
  })
  @ApiResponse({
    status: 200,
    description: 'How the hub stands',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(FrontPageView) } },
      'text/html': { schema: { type: 'string' }, example: '<!doctype html>' },
    },
  })
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FrontPageView | string> {
    const view = await this.page.read();
    void reply.header('vary', 'Accept');
    if (!wantsPage(accept)) return view;
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': this.brand.policyOf(FRONT_PAGE_STYLE),
    });
    return renderFrontPage(view, this.brand);
  }
}

/** Browsers name it; programs that do not care get data. */
const wantsPage = (accept = ''): boolean => /(?:^|,)\s*text\/html\b/i.test(accept);
