import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { vendorMediaType, type Brand } from '@consent-hub/psd2-protocol';
import { Agent, request } from 'undici';
import type { StackUnderTest } from './stack-under-test.js';

export interface BankCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly version: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A service of the TPP that calls the bank's other APIs itself, with the certificate and the tokens of the TPP. */
export class BankCaller {
  private readonly agent: Agent;

  constructor(
    private readonly stack: StackUnderTest,
    private readonly brand: Brand = 'belfius',
  ) {
    const { tls } = stack.settings.banks[brand];
    const [cert, key, ca] = [tls.certFile, tls.keyFile, tls.caFile].map((file) => readFileSync(file));
    this.agent = new Agent({ connect: { cert, key, ca } });
  }

  async call<T = Record<string, unknown>>(call: BankCall): Promise<{ status: number; body: T }> {
    const { apiUrl, clientId } = this.stack.settings.banks[this.brand];
    const answer = await request(apiUrl + call.path, {
      method: call.method ?? 'GET',
      dispatcher: this.agent,
      headers: {
        accept: vendorMediaType(call.version),
        'accept-language': 'fr',
        'client-id': clientId,
        'request-id': randomUUID(),
        ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }),
        ...(call.body && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
