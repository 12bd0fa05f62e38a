import type { Brand, Language } from '@consent-hub/psd2-protocol';
import { Injectable } from '@nestjs/common';
import { ConsoleSettings } from '../../config/console.settings.js';
import { notFound } from '../access/console-failure.js';

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

/** A customer of the sandbox bank, whom a developer plays. */
export interface SandboxCustomer {
  readonly id: string;
  readonly brand: Brand;
  readonly name: string;
  readonly language: Language;
  readonly accounts: readonly {
    readonly iban: string;
    readonly label: string;
    /** May be opened to a TPP. */
    readonly eligible: boolean;
  }[];
}

/** Asks the sandbox bank what it has counted, and for its customers, where the bank is the sandbox. */
@Injectable()
export class SandboxBankClient {
  constructor(private readonly settings: ConsoleSettings) {}

  /** Of its pages for people, without a slash at its end. @throws ConsoleFailure where the bank is a real one */
  get url(): string {
    return ofSandbox(this.settings.sandboxUrl);
  }

  /** Null where it does not answer: the page says so. */
  outcomes(): Promise<SandboxOutcomes | null> {
    return this.read('outcomes');
  }

  /** In the order of its pages; null where it does not answer. */
  async customers(): Promise<readonly SandboxCustomer[] | null> {
    const answer = await this.read<{ readonly items: readonly SandboxCustomer[] }>('psus');
    return answer?.items ?? null;
  }

  private async read<T>(path: string): Promise<T | null> {
    const address = `${ofSandbox(this.settings.sandboxInternalUrl)}/sandbox/${path}`;
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return answer.ok ? ((await answer.json()) as T) : null;
    } catch {
      return null;
    }
  }
}

function ofSandbox(url: string | undefined): string {
  if (url === undefined) throw notFound('page: this hub does not work with the sandbox bank');
  return url;
}
