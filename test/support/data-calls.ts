import { randomUUID } from 'node:crypto';
import type { MachineAnswer, MachineCall } from './bank-under-test.js';
import { vendorType, type TestTpp } from './test-tpp.js';

/** Null leaves a header or a parameter out. */
type Inputs = Readonly<Record<string, string | null>>;

export interface DataRequest {
  readonly method?: string;
  readonly path: string;
  readonly version: string;
  readonly token: string;
  readonly query?: Inputs;
  readonly headers?: Inputs;
  /** Sent as JSON unless it is a text. */
  readonly body?: unknown;
}

const given = (inputs: Inputs): [string, string][] =>
  Object.entries(inputs).flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, value]],
  );

/** A call that a TPP makes with an access token, in the headers that known clients send. */
export function dataCall({ client }: TestTpp, request: DataRequest): MachineCall {
  const { body } = request;
  const query = new URLSearchParams(given(request.query ?? {})).toString();
  const json = body !== undefined && { 'Content-Type': 'application/json' };
  return {
    brand: client.brand,
    method: request.method ?? 'GET',
    path: query === '' ? request.path : `${request.path}?${query}`,
    headers: given({
      Accept: vendorType(request.version),
      'Request-ID': randomUUID(),
      'Client-ID': client.id,
      Authorization: `Bearer ${request.token}`,
      'Accept-Language': 'fr',
      ...json,
      ...request.headers,
    }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    certificate: client.certificate,
  };
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly sca_token?: string;
  readonly logical_id?: string;
}

export interface ListedAccount {
  readonly iban: string;
  readonly logical_id: string;
}

export const jsonOf = (answer: MachineAnswer): Record<string, unknown> =>
  JSON.parse(answer.text) as Record<string, unknown>;

/** Status and words of an answer that is a refusal. */
export const wordsOf = (answer: MachineAnswer): unknown[] => {
  const { error, error_code, error_description } = jsonOf(answer);
  return [answer.status, error, error_code, error_description];
};

/** What a PSU of AIS has just opened: the tokens, and the accounts behind them. */
export async function openAccounts(
  tpp: TestTpp,
  choice: Record<string, unknown> = {},
): Promise<{ tokens: Tokens; accounts: ListedAccount[] }> {
  const tokens = await tpp.ok<Tokens>(tpp.call('code', { code: await tpp.code('AIS consent URIs', choice) }));
  const accounts = await tpp.ok<ListedAccount[]>(
    dataCall(tpp, { path: '/accounts', version: '3', token: tokens.access_token }),
  );
  return { tokens, accounts };
}

/** An IBAN as the only account of the PSU who holds it. */
export async function openAccount(
  tpp: TestTpp,
  psu: string,
  iban: string,
): Promise<{ tokens: Tokens; logicalId: string }> {
  const { tokens, accounts } = await openAccounts(tpp, { psu, ibans: [iban] });
  return { tokens, logicalId: accounts[0]?.logical_id ?? '' };
}
