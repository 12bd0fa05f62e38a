import { Controller, Get, Headers, Param, Query, UseInterceptors } from '@nestjs/common';
import { AnswerInterceptor } from './answer.interceptor.js';
import type { Answer } from './page.js';
import { LaunchService } from './launch.service.js';

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
