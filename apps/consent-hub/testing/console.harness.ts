import type { DataSource } from 'typeorm';
import type { RunningHub } from '../src/bootstrap.js';
import { ConsoleLinkRepository } from '../src/console/access/console-link.repository.js';
import type { ConsoleRole } from '../src/console/access/console-role.js';

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A hub whose console is visited, and its database. */
export interface VisitedHub {
  readonly hub: Pick<RunningHub, 'url'>;
  readonly dataSource: DataSource;
}

/** A browser without scripts at the console: keeps cookies, follows no redirect by itself. */
export class ConsoleVisitor {
  readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  /** Signed in by a one-time link. */
  static async signIn(
    { hub, dataSource }: VisitedHub,
    roles: readonly ConsoleRole[] = ['viewer'],
    name = 'jan',
  ): Promise<ConsoleVisitor> {
    const visitor = new ConsoleVisitor(hub.url);
    const { token } = await new ConsoleLinkRepository(dataSource).make(name, roles);
    const { status, body } = await visitor.post('/console/link', { token: token.reveal() });
    if (status !== 303) throw new Error(`the link answered ${status}: ${body}`);
    return visitor;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string): Promise<ConsoleAnswer> {
    return this.send(path, { method: 'GET' });
  }

  /** Sends a form. */
  post(path: string, fields: Readonly<Record<string, string>>, headers = {}): Promise<ConsoleAnswer> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /** Fills in the form of a page as a person does, and sends it. */
  async submit(path: string, fields: Readonly<Record<string, string>>): Promise<ConsoleAnswer> {
    return this.post(path, { ...fields, csrf: await this.csrf() });
  }

  /** What every form of this session carries. */
  async csrf(): Promise<string> {
    const { body } = await this.get('/console/audit');
    const [, value] = /name="csrf" value="([^"]+)"/.exec(body) ?? [];
    if (value === undefined) throw new Error('the page has no form');
    return value;
  }

  private async send(
    path: string,
    init: RequestInit & { readonly headers?: Record<string, string> },
  ): Promise<ConsoleAnswer> {
    const answer = await fetch(new URL(path, this.url), {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: this.cookieHeader },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }
}
