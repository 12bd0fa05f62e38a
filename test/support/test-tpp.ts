import { randomUUID } from 'node:crypto';
import type { KeyedCertificate } from '@consent-hub/eidas';
import type { RunningBank } from '../../apps/sandbox-bank/src/bootstrap.js';
import {
  REDIRECT_URI,
  type BankUnderTest,
  type MachineAnswer,
  type MachineCall,
  type TestClient,
} from './bank-under-test.js';

/** RFC 7636 appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Null leaves an input out, a list sends it as often. */
type Inputs = Readonly<Record<string, string | readonly string[] | null>>;

/** What is different from a call as the bank wants it. */
export interface Deviation {
  readonly version?: string;
  readonly headers?: Inputs;
  readonly query?: Inputs;
  readonly fields?: Inputs;
  readonly body?: string;
  readonly certificate?: KeyedCertificate | null;
  readonly brand?: TestClient['brand'];
}

export type CallName = 'AIS consent URIs' | 'CAF consent URIs' | 'code' | 'refresh' | 'accounts';

interface GoodCall {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly headers: Inputs;
  readonly query?: Inputs;
  readonly fields?: Inputs;
}

const withoutNulls = (inputs: Inputs): [string, string][] =>
  Object.entries(inputs).flatMap(([name, value]) => {
    if (value === null) return [];
    return (typeof value === 'string' ? [value] : value).map((each): [string, string] => [name, each]);
  });

export const vendorType = (version: string): string => `application/vnd.belfius.api+json; version=${version}`;

/** Calls the bank as a TPP does, well or with one deviation. */
export class TestTpp {
  constructor(
    private readonly bank: BankUnderTest,
    readonly client: TestClient,
  ) {}

  call(
    name: CallName,
    values: { code?: string; token?: string } = {},
    deviation: Deviation = {},
  ): MachineCall {
    const good = this.goodCall(name, values);
    const query = new URLSearchParams(withoutNulls({ ...good.query, ...deviation.query })).toString();
    const form =
      good.fields && new URLSearchParams(withoutNulls({ ...good.fields, ...deviation.fields })).toString();
    const body = deviation.body ?? form;
    return {
      brand: deviation.brand ?? this.client.brand,
      method: good.method,
      path: query === '' ? good.path : `${good.path}?${query}`,
      headers: withoutNulls({
        Accept: vendorType(deviation.version ?? good.version),
        'Request-ID': randomUUID(),
        ...good.headers,
        ...deviation.headers,
      }),
      ...(body !== undefined && { body }),
      certificate: deviation.certificate === undefined ? this.client.certificate : deviation.certificate,
    };
  }

  send(call: MachineCall, to?: RunningBank): Promise<MachineAnswer> {
    return this.bank.send(call, to);
  }

  /** The body of a call that the bank is to answer with 200. */
  async ok<T>(call: MachineCall): Promise<T> {
    const { status, text } = await this.send(call);
    if (status !== 200) throw new Error(`The bank answered ${status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Where the PSU is sent back to. */
  async decide(decision: Record<string, unknown>): Promise<URL> {
    const answer = await fetch(`${this.bank.running.controlUrl}/sandbox/authorizations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(decision),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The control call answered ${answer.status}: ${text}`);
    return new URL((JSON.parse(text) as { redirect_to: string }).redirect_to);
  }

  /** A code of a PSU who has approved. */
  async code(
    name: 'AIS consent URIs' | 'CAF consent URIs' = 'AIS consent URIs',
    choice = {},
  ): Promise<string> {
    const [link] = await this.ok<{ consent_uri: string }[]>(this.call(name));
    const returned = await this.decide({ consent_uri: link?.consent_uri, decision: 'approve', ...choice });
    return returned.searchParams.get('code') ?? '';
  }

  /** The pair of a PSU who has approved. */
  async firstPair(choice = {}): Promise<{ access_token: string; refresh_token: string }> {
    return this.ok(this.call('code', { code: await this.code('AIS consent URIs', choice) }));
  }

  private goodCall(
    name: CallName,
    { code = 'a-code', token = 'a-token' }: { code?: string; token?: string },
  ): GoodCall {
    switch (name) {
      case 'AIS consent URIs':
        return this.consentUris('4', { scope: 'AIS' });
      case 'CAF consent URIs':
        return this.consentUris('3', { scope: 'CAF', iban: 'BE83063154780915' });
      case 'code':
        return this.token({
          grant_type: 'authorization_code',
          code,
          redirect_uri: REDIRECT_URI,
          code_verifier: VERIFIER,
        });
      case 'refresh':
        return this.token({ grant_type: 'refresh_token', refresh_token: token });
      case 'accounts':
        return {
          method: 'GET',
          path: '/accounts',
          version: '3',
          headers: { 'Client-ID': this.client.id, Authorization: `Bearer ${token}` },
        };
    }
  }

  private consentUris(version: string, query: Inputs): GoodCall {
    return {
      method: 'GET',
      path: '/consent-uris',
      version,
      headers: {
        'Client-ID': this.client.id,
        'Redirect-URI': REDIRECT_URI,
        'Code-Challenge-Method': 'S256',
        'Code-Challenge': CHALLENGE,
      },
      query,
    };
  }

  private token(fields: Inputs): GoodCall {
    const credentials = Buffer.from(`${this.client.id}:${this.client.secret}`).toString('base64');
    return {
      method: 'POST',
      path: '/token',
      version: '3',
      headers: {
        Authorization: `Basic ${credentials}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      fields,
    };
  }
}
