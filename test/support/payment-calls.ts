import { randomUUID } from 'node:crypto';
import {
  REDIRECT_URI,
  type BankUnderTest,
  type MachineAnswer,
  type MachineCall,
  type TestClient,
} from './bank-under-test.js';
import { jsonOf } from './data-calls.js';
import { TestTpp, vendorType, VERIFIER } from './test-tpp.js';

/** RFC 7636 appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export type PaymentProduct =
  'sepa-credit-transfers' | 'instant-sepa-credit-transfers' | 'cross-border-credit-transfers';

/** A body as the bank wants it, by product. */
export const ORDER = {
  'sepa-credit-transfers': {
    creditor_account: { iban: 'BE49091200881571' },
    creditor_name: 'Bakkerij Vermeulen BV',
    endtoend_identification: 'INV-2026-17',
    instructed_amount: { amount: '12.50', currency: 'EUR' },
    remittance_information_unstructured: 'Factuur 2026/17',
  },
  'instant-sepa-credit-transfers': {
    creditor_account: { iban: 'NL91ABNA0417164300' },
    creditor_name: 'J. de Vries',
    endtoend_identification: 'TIKKIE-1',
    instructed_amount: { amount: '7.00', currency: 'EUR' },
  },
  'cross-border-credit-transfers': {
    charge_bearer: 'SHAR',
    creditor_account: { bban: '0012345678', bankNationalID: '021000021', currency: 'USD' },
    creditor_name: 'Acme Inc',
    creditor_address: { street_name: 'Broadway', town_name: 'New York', country: 'US' },
    endtoend_identification: 'PO-77',
    instructed_amount: { amount: '1500.00', currency: 'USD' },
  },
} as const satisfies Record<PaymentProduct, Record<string, unknown>>;

/** What is different from a call as the bank wants it; a header or a member that is null is left out. */
export interface PaymentDeviation {
  readonly product?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Members in addition to those of the good body, or instead of them. */
  readonly order?: Readonly<Record<string, unknown>>;
  /** Instead of the whole body. */
  readonly body?: string;
  readonly token?: string;
  readonly brand?: TestClient['brand'];
}

export type ResourceCall = 'status' | 'details' | 'cancellation';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

export interface Initiated {
  readonly url: string;
  readonly id: string;
}

const withoutNulls = (headers: Readonly<Record<string, string | null>>): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, value]],
  );

/** Initiates payments and asks after them as a TPP does, well or with one deviation. */
export class PaymentTpp {
  readonly tpp: TestTpp;

  constructor(
    private readonly bank: BankUnderTest,
    readonly client: TestClient,
  ) {
    this.tpp = new TestTpp(bank, client);
  }

  initiation(but: PaymentDeviation = {}): MachineCall {
    const product = but.product ?? 'sepa-credit-transfers';
    const good = Object.hasOwn(ORDER, product)
      ? ORDER[product as PaymentProduct]
      : ORDER['sepa-credit-transfers'];
    return {
      brand: but.brand ?? this.client.brand,
      method: 'POST',
      path: `/payments/${product}`,
      headers: withoutNulls({
        Accept: vendorType(but.version ?? '3'),
        'Accept-Language': 'fr',
        'Client-ID': this.client.id,
        'Content-Type': 'application/json',
        'Request-ID': randomUUID(),
        'Redirect-URI': REDIRECT_URI,
        ...(but.token === undefined
          ? { 'Code-Challenge-Method': 'S256', 'Code-Challenge': CHALLENGE }
          : { Authorization: `Bearer ${but.token}` }),
        ...but.headers,
      }),
      body: but.body ?? JSON.stringify({ ...good, ...but.order }),
      certificate: this.client.certificate,
    };
  }

  resource(name: ResourceCall, id: string, but: PaymentDeviation = {}): MachineCall {
    const path = `/payments/${but.product ?? 'sepa-credit-transfers'}/${id}`;
    return {
      brand: but.brand ?? this.client.brand,
      method: name === 'cancellation' ? 'DELETE' : 'GET',
      path: name === 'status' ? `${path}/status` : path,
      headers: withoutNulls({
        Accept: vendorType(but.version ?? '1'),
        'Accept-Language': 'nl',
        'Client-ID': this.client.id,
        'Request-ID': randomUUID(),
        ...(but.token !== undefined && { Authorization: `Bearer ${but.token}` }),
        ...but.headers,
      }),
      certificate: this.client.certificate,
    };
  }

  send(call: MachineCall): Promise<MachineAnswer> {
    return this.bank.send(call);
  }

  /** A payment that waits for its PSU. */
  async initiated(but: PaymentDeviation = {}): Promise<Initiated> {
    const answer = await this.send(this.initiation(but));
    const { url, payment_id: id } = jsonOf(answer);
    if (typeof url !== 'string' || typeof id !== 'string')
      throw new Error(`The bank answered ${answer.status}: ${answer.text}`);
    return { url, id };
  }

  /** Where the PSU is sent back to, after the decision. */
  decide({ url }: Initiated, choice: Record<string, unknown> = {}, state = 's'): Promise<URL> {
    return this.tpp.decide({ consent_uri: `${url}&state=${state}`, decision: 'approve', ...choice });
  }

  /** A signed payment, and the pair that was granted for it. */
  async signed(
    but: PaymentDeviation = {},
    choice: Record<string, unknown> = {},
  ): Promise<Initiated & Tokens> {
    const payment = await this.initiated(but);
    const returned = await this.decide(payment, choice);
    return { ...payment, ...(await this.pair(returned.searchParams.get('code') ?? '')) };
  }

  pair(code: string, version = '3'): Promise<Tokens> {
    return this.tpp.ok<Tokens>(
      this.tpp.call('code', { code }, { version, fields: { code_verifier: VERIFIER } }),
    );
  }

  async statusOf({ id }: { id: string }, product?: PaymentProduct): Promise<unknown> {
    const answer = await this.send(this.resource('status', id, { ...(product && { product }) }));
    return jsonOf(answer)['transaction_status'];
  }
}
