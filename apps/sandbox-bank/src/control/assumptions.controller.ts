import { Controller, Get, Query } from '@nestjs/common';
import { NoQuery } from '@consent-hub/platform';
import { AssumptionsService, type AssumptionsBody } from './assumptions.service.js';

@Controller('sandbox/assumptions')
export class AssumptionsController {
  constructor(private readonly assumptions: AssumptionsService) {}

  @Get()
  show(@Query() _query: NoQuery): AssumptionsBody {
    return this.assumptions.show();
  }
}
