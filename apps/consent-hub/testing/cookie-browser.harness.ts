import { newId } from '@consent-hub/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a browser does: keeps cookies and follows one step at a time. */
export class CookieBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly hub: NestFastifyApplication,
    private readonly headers: Record<string, string> = { 'accept-language': 'nl' },
  ) {}

  async visit(url: string) {
    const { pathname, search } = new URL(url, 'https://hub.example');
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.hub.inject({
      method: 'GET',
      url: pathname + search,
      headers: { ...this.headers, ...(cookie !== '' && { cookie }) },
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? [];
      this.cookies.set(name, value);
    }
    return answer;
  }

  /** Where the bank would send the browser back, once it was sent to the bank. */
  async start(link: string): Promise<string> {
    const { headers } = await this.visit(link);
    return returnTo(headers.location ?? '');
  }
}

/** Where the bank sends a browser back that was sent to this address. */
export const returnTo = (bankUri: string, code = newId()): string =>
  `/callback/belfius?code=${code}&state=${new URL(bankUri).searchParams.get('state') ?? ''}`;
