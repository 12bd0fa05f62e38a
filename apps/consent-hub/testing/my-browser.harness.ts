/** What a browser without scripts does on the person's pages: keeps cookies, follows redirects of the hub, sends forms as they stand. */
export class MyBrowser {
  private readonly cookies = new Map<string, string>();
  private page = '';
  status = 0;
  headers = new Headers();
  url = '';

  constructor(
    private readonly origin: string,
    private readonly language = 'en',
  ) {}

  get body(): string {
    return this.page;
  }

  /** The outcome of a page, as programs read it. */
  get outcome(): string | undefined {
    return /<meta name="outcome" content="(\w+)"/.exec(this.page)?.[1];
  }

  get formToken(): string {
    return /name="form_token" value="([^"]+)"/.exec(this.page)?.[1] ?? '';
  }

  /** What a person reads. */
  get text(): string {
    return this.page
      .replace(/<style>[^]*?<\/style>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .replace(/\s+/g, ' ');
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  visit(path: string, headers: Record<string, string> = {}): Promise<this> {
    return this.request('GET', path, undefined, headers);
  }

  /** Sends a form of the page that is shown, unless other fields are given. */
  send(
    path: string,
    fields: Record<string, string> = { form_token: this.formToken },
    headers: Record<string, string> = {},
  ): Promise<this> {
    return this.request('POST', path, new URLSearchParams(fields), headers);
  }

  private async request(
    method: 'GET' | 'POST',
    path: string,
    body?: URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<this> {
    const answer = await fetch(new URL(path, this.origin), {
      method,
      redirect: 'manual',
      headers: { 'accept-language': this.language, cookie: this.cookieHeader, ...headers },
      ...(body && { body }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (answer.status === 303 && location?.startsWith('/') === true) return this.visit(location);
    this.status = answer.status;
    this.headers = answer.headers;
    this.url = path;
    this.page = await answer.text();
    return this;
  }
}
