/** What the bank saw. */
export interface LedgerAnswer {
  readonly authorization_code_grants: number;
  readonly refresh_grants: number;
  readonly refresh_replays: number;
  readonly code_replays: number;
  readonly probes_after_lost_answer: number;
  readonly double_spends: number;
  readonly live_pairs: number;
}

export interface FaultAnswer {
  readonly name: string;
  readonly endpoint: string;
  readonly remaining: number | null;
  readonly struck: number;
}

/** Steers the sandbox bank as a developer does. */
export class BankControl {
  constructor(private readonly url: string) {}

  ledger(): Promise<LedgerAnswer> {
    return this.ok('GET', '/sandbox/ledger');
  }

  async faults(): Promise<readonly FaultAnswer[]> {
    return (await this.ok<{ items: FaultAnswer[] }>('GET', '/sandbox/faults')).items;
  }

  async fault(fault: Readonly<Record<string, unknown>>): Promise<void> {
    await this.ok('PUT', '/sandbox/faults', fault);
  }

  async clear(): Promise<void> {
    await this.ok('DELETE', '/sandbox/faults');
  }

  async reset(): Promise<void> {
    await this.ok('POST', '/sandbox/reset');
  }

  /** Resolves once the condition holds. */
  async until(condition: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body);
    if (answer.status > 299) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; type: string | null; text: string }> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }
}
