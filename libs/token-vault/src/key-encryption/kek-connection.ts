import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { VaultError } from '../vault-error.js';

const TIMEOUT_MS = 10_000;
/** Answers hold one wrapped key. */
const MOST_BYTES = 64 * 1024;

export interface KekAnswer {
  readonly status: number;
  /** Null where the body is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** HTTPS to a service that holds a key-encryption key. Neither what is sent nor what is answered is repeated in an error. */
export class KekConnection {
  private readonly agent: Agent;

  /** @param caFile authorities that the service's certificate is checked against, PEM; absent: those of Node */
  constructor(
    private readonly service: string,
    caFile?: string,
  ) {
    const ca = caFile === undefined ? undefined : readFileSync(caFile);
    this.agent = new Agent({
      connect: { timeout: TIMEOUT_MS, ...(ca && { ca }) },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      maxResponseSize: MOST_BYTES,
      // Asked a few times a day: the next server of the service is found by its name.
      keepAliveTimeout: 1_000,
    });
  }

  /** @throws VaultError `kek_unavailable` when there is no answer */
  async send(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<KekAnswer> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await request(url, {
        ...{ method, headers, signal, dispatcher: this.agent },
        ...(body !== undefined && { body }),
      });
      return { status: answer.statusCode, body: objectIn(await answer.body.text()) };
    } catch (error) {
      throw this.unavailable(codeOf(error));
    }
  }

  /** @param reason a code or a status */
  unavailable(reason: string | number): VaultError {
    return new VaultError('kek_unavailable', `${this.service} did not do it: ${reason}`);
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function objectIn(text: string): KekAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
