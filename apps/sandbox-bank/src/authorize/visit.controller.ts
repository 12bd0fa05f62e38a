import { Controller, Get, Post, UseInterceptors } from '@nestjs/common';
import { AnswerInterceptor } from './answer.interceptor.js';
import type { Answer } from './answer.js';
import { DecisionPageService } from './decision-page.service.js';
import { DecisionService } from './decision.service.js';
import { LogInService } from './log-in.service.js';
import { VisitAt } from './visit-at.decorator.js';
import type { VisitRequest } from './visit.service.js';

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
