import { Injectable } from '@nestjs/common';
import { ConsoleSettings } from '../../config/console.settings.js';
import { HttpSettings } from '../../config/http.settings.js';
import { HostCookie } from '../../http-api/host-cookie.js';

/** Where browsers see the console, and by which cookies it knows them. */
@Injectable()
export class ConsoleSite {
  /** Of the hub, where a proxy puts it below a path of its own; else empty. */
  readonly base: string;
  readonly publicUrl: string;
  readonly session: HostCookie;
  /** Of a sign-in that is under way at the identity provider. */
  readonly attempt: HostCookie;

  /** Whether the bank is the sandbox, which has a page of its own here. */
  readonly hasSandbox: boolean;

  constructor({ publicUrl, isSecure }: HttpSettings, { sandboxUrl }: ConsoleSettings) {
    this.hasSandbox = sandboxUrl !== undefined;
    this.publicUrl = publicUrl;
    this.base = new URL(publicUrl).pathname.replace(/\/$/, '');
    this.session = new HostCookie('console', isSecure);
    this.attempt = new HostCookie('console-sign-in', isSecure);
  }
}
