import { GrantEvents } from '@consent-hub/token-grant';
import type { Brand } from '@consent-hub/psd2-protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';

/** Whether the bank answered the last call for tokens; `unknown` before the first. */
export const BANK_CONTACTS = ['reachable', 'unreachable', 'unknown'] as const;
export type BankContact = (typeof BANK_CONTACTS)[number];

/** Remembers for each brand the result of the last call for tokens that this hub made, so that no page has to ask the bank. */
@Injectable()
export class BankContactRecorder implements OnModuleInit {
  private readonly last = new Map<Brand, BankContact>();

  constructor(private readonly events: GrantEvents) {}

  onModuleInit(): void {
    this.events.on('request_ended', ({ brand, outcome }) => {
      const isUnanswered = outcome === 'not_sent' || outcome === 'in_doubt';
      this.last.set(brand, isUnanswered ? 'unreachable' : 'reachable');
    });
  }

  of(brand: Brand): BankContact {
    return this.last.get(brand) ?? 'unknown';
  }
}
