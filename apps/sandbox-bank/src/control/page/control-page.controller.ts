import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  Param,
  Post,
  Query,
  Redirect,
  Res,
  UseGuards,
} from '@nestjs/common';
import { OwnOriginGuard } from '../own-origin.guard.js';
import { ControlFormsService } from './control-forms.service.js';
import { ControlPageService } from './control-page.service.js';
import { isFormName, LIVE_SCRIPT_PATH, type FormName, type RefusedForm } from './control-page.js';
import { CONTROL_PAGE_HEADERS, renderControlPage } from './document.js';
import { LIVE_SCRIPT } from './live-script.js';

/** The part of the server's reply that a page needs. */
interface PageReply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

/** Where the notice of a form stands, unless it is a section of the same name. */
const SECTION_OF: Readonly<Record<string, string>> = { clear: 'faults' };

const HOST = /^[\w.:[\]-]+$/;

/** The developer's page: shows the bank, and controls it with plain HTML forms. */
@Controller()
@UseGuards(OwnOriginGuard)
export class ControlPageController {
  constructor(
    private readonly page: ControlPageService,
    private readonly forms: ControlFormsService,
  ) {}

  @Get()
  show(
    @Res({ passthrough: true }) reply: PageReply,
    @Headers('host') host: string | undefined,
    @Query('done') done?: unknown,
  ): Promise<string> {
    return this.write(reply, host, { done: isFormName(done) ? done : null, refused: null });
  }

  @Get(LIVE_SCRIPT_PATH)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  script(): string {
    return LIVE_SCRIPT;
  }

  /** For a reload of the address of a form's answer. */
  @Get('sandbox/page/:form')
  @Redirect('/', 303)
  leave(): void {}

  @Post('sandbox/page/:form')
  async submit(
    @Res({ passthrough: true }) reply: PageReply,
    @Headers('host') host: string | undefined,
    @Param('form') form: string,
    @Body() values: unknown,
  ): Promise<string> {
    const refused = await this.forms.submit(form, values);
    if (refused) return this.write(reply, host, { done: null, refused });
    // 303, so that a reload shows the page and does not send the form again (RFC 9110 section 15.4.4).
    reply.status(303);
    reply.header('location', `/?done=${form}#${SECTION_OF[form] ?? form}`);
    return '';
  }

  private async write(
    reply: PageReply,
    host: string | undefined,
    outcome: { done: FormName | null; refused: RefusedForm | null },
  ): Promise<string> {
    reply.status(outcome.refused ? 422 : 200);
    for (const [name, value] of Object.entries(CONTROL_PAGE_HEADERS)) reply.header(name, value);
    const origin = host !== undefined && HOST.test(host) ? `http://${host}` : 'http://127.0.0.1:8080';
    return renderControlPage({ ...(await this.page.read()), origin, ...outcome });
  }
}
