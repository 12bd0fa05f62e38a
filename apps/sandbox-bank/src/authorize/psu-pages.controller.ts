import {
  Controller,
  createParamDecorator,
  Get,
  Headers,
  NotFoundException,
  Param,
  Post,
  Query,
  Res,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { AnswerInterceptor, type PageReply } from './answer.interceptor.js';
import { DecisionPageService } from './decision-page.service.js';
import { DecisionService } from './decision.service.js';
import { LaunchService } from './launch.service.js';
import { LogInService } from './log-in.service.js';
import type { Answer } from './page.js';
import { ASSETS } from './pages/assets.js';
import type { Step } from './paths.js';
import { readVisitCookie } from './visit-cookie.js';
import type { VisitRequest } from './visit.service.js';

/** The address to which the bank's consent URIs lead (bank page "reference": consent-uris). */
@Controller(':brand/common/:language/fw/generic')
@UseInterceptors(AnswerInterceptor)
export class LauncherController {
  constructor(private readonly launches: LaunchService) {}

  @Get('launcher.html')
  launch(
    @Param('brand') brand: string,
    @Param('language') language: string,
    @Query() query: Record<string, unknown>,
    @Headers('accept-language') acceptLanguage: string | undefined,
  ): Promise<Answer> {
    return this.launches.launch({ brand, language, query, acceptLanguage });
  }
}

/** The pages' stylesheet and icons. */
@Controller('authorize/assets')
export class AssetsController {
  @Get(':name')
  show(@Param('name') name: string, @Res({ passthrough: true }) reply: PageReply): string {
    const asset = ASSETS.get(name);
    if (!asset) throw new NotFoundException();
    reply.header('content-type', asset.type);
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    reply.header('x-content-type-options', 'nosniff');
    return asset.body;
  }
}

interface PageRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly headers: { readonly cookie?: string };
  readonly body?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Binds a request for the page of one step: which visit, which cookie, which form. */
const VisitAt = createParamDecorator((step: Step, context: ExecutionContext): VisitRequest => {
  const { method, params, headers, body } = context.switchToHttp().getRequest<PageRequest>();
  return {
    brand: params['brand'] ?? '',
    sessionId: params['session'] ?? '',
    language: params['language'] ?? '',
    step,
    cookie: readVisitCookie(headers.cookie),
    form: method === 'POST' ? (isRecord(body) ? body : {}) : null,
  };
});

/** The PSU's pages, from log-in to decision. */
@Controller(':brand/authorize/:session/:language')
@UseInterceptors(AnswerInterceptor)
export class VisitController {
  constructor(
    private readonly logIn: LogInService,
    private readonly decisionPage: DecisionPageService,
    private readonly decisions: DecisionService,
  ) {}

  @Get('log-in')
  showCustomers(@VisitAt('log-in') request: VisitRequest): Promise<Answer> {
    return this.logIn.showCustomers(request);
  }

  @Post('log-in')
  chooseCustomer(@VisitAt('log-in') request: VisitRequest): Promise<Answer> {
    return this.logIn.chooseCustomer(request);
  }

  @Get('code')
  showCode(@VisitAt('code') request: VisitRequest): Promise<Answer> {
    return this.logIn.showCode(request);
  }

  @Post('code')
  confirmCode(@VisitAt('code') request: VisitRequest): Promise<Answer> {
    return this.logIn.confirmCode(request);
  }

  @Get('consent')
  showDecision(@VisitAt('consent') request: VisitRequest): Promise<Answer> {
    return this.decisionPage.show(request);
  }

  @Post('consent')
  decide(@VisitAt('consent') request: VisitRequest): Promise<Answer> {
    return this.decisions.decide(request);
  }
}
