import type { Secret } from '@consent-hub/psd2-protocol';
import type { StackUnderTest } from './stack-under-test.js';

export interface HubAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface OpenedConsent {
  readonly id: string;
  readonly state: string;
  readonly supersedes: string | null;
  readonly consent_uris: { readonly language: string; readonly uri: string }[];
}

export interface HandedOutToken {
  readonly access_token: string;
  readonly generation: number;
  readonly expires_in: number;
}

/** A user with an API key, and the PSU that the sandbox plays. */
export class HubUser {
  constructor(
    private readonly stack: StackUnderTest,
    private readonly key: Secret,
  ) {}

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<HubAnswer<T>> {
    const answer = await fetch(this.stack.hub.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as T,
    };
  }

  async open(consent: Record<string, unknown>): Promise<OpenedConsent> {
    const { status, body } = await this.call<OpenedConsent>('POST', '/v1/consents', {
      scope: 'AIS',
      brand: 'belfius',
      ...consent,
    });
    if (status !== 201) throw new Error(`The hub answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** What a browser does with the hub's start page: continues to the bank, and keeps a cookie for the way back. */
  async start(consent: OpenedConsent): Promise<{ atBank: OpenedConsent; cookie: string }> {
    const [link] = consent.consent_uris;
    const answer = await fetch(link?.uri ?? '', { redirect: 'manual' });
    const uri = answer.headers.get('location');
    const [cookie = ''] = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    if (!link || uri === null) throw new Error(`The start page answered ${answer.status}`);
    return { atBank: { ...consent, consent_uris: [{ ...link, uri }] }, cookie };
  }

  /** Plays the PSU and returns the address of the callback, not yet visited. */
  async decide(
    consent: OpenedConsent,
    decision: 'approve' | 'refuse' | 'fail',
    choice = {},
  ): Promise<string> {
    const answer = await fetch(`${this.stack.bank.controlUrl}/sandbox/authorizations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ consent_uri: consent.consent_uris[0]?.uri, decision, ...choice }),
    });
    if (!answer.ok) throw new Error(`The bank answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { redirect_to: string }).redirect_to;
  }

  /** From opening to the first pair. */
  async liveConsent(consent: Record<string, unknown>): Promise<OpenedConsent> {
    const opened = await this.open(consent);
    const back = await fetch(await this.decide(opened, 'approve'), { redirect: 'manual' });
    if (back.status !== 200) throw new Error(`The callback answered ${back.status}`);
    return opened;
  }
}
