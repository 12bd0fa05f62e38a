import { Controller, Get, Header } from '@nestjs/common';
import { OverviewService } from './overview.service.js';
import { OVERVIEW_POLICY, renderOverview } from './overview.page.js';

@Controller()
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', OVERVIEW_POLICY)
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-store')
  async show(): Promise<string> {
    return renderOverview(await this.overview.read());
  }
}
