import { Controller, createParamDecorator, Get, Post, UseInterceptors, type ExecutionContext } from '@nestjs/common';
import { AnswerInterceptor } from './answer.interceptor.js';
import { DecisionPageService } from './decision-page.service.js';
import { DecisionService } from './decision.service.js';
import { LogInService } from './log-in.service.js';
import type { Answer } from './page.js';
import type { Step } from './paths.js';
import { readVisitCookie } from './visit-cookie.js';
import type { VisitRequest } from './visit.service.js';

interface PageRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly headers: { readonly cookie?: string };
  readonly body?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Binds a request for the page of one step: where in which visit, by whose cookie, with what form. */
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
