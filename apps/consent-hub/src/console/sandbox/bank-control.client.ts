import { Injectable } from '@nestjs/common';
import { ConsoleSettings } from '../../config/console.settings.js';

const TIMEOUT_MS = 2_000;

/** A kind of fault as the sandbox bank tells of it. */
export interface SandboxFault {
  readonly name: string;
  readonly does: string;
  readonly expected: string;
  /** Whether it waits for a call. */
  readonly is_set: boolean;
  readonly strikes: number;
  /** Since it was applied first. */
  readonly double_spends: number;
  readonly probes: number;
}

/** What the sandbox bank itself has counted. */
export interface SandboxOutcomes {
  readonly double_spends: number;
  readonly probes_after_lost_answer: number;
  readonly strikes: number;
  readonly faults: readonly SandboxFault[];
}

/** Asks the sandbox bank what it has counted, where the bank is the sandbox. */
@Injectable()
export class SandboxBankClient {
  /** Of its pages, without a slash at its end; undefined where the bank is a real one. */
  readonly url: string | undefined;

  constructor({ sandboxUrl }: ConsoleSettings) {
    this.url = sandboxUrl;
  }

  /** Null where it does not answer: the page says so. */
  async outcomes(): Promise<SandboxOutcomes | null> {
    try {
      const answer = await fetch(`${this.url}/sandbox/outcomes`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return answer.ok ? ((await answer.json()) as SandboxOutcomes) : null;
    } catch {
      return null;
    }
  }
}
