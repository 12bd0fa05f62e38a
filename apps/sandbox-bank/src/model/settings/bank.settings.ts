import { ASSUMED, type Assumptions } from './assumptions.js';

/** Which versions of the contract the bank serves: those of today, or every recorded one. */
export const CONTRACTS = ['current', 'all'] as const;
export type Contract = (typeof CONTRACTS)[number];

/** How this bank is set up: how long its values are valid, and how it behaves where its pages leave a choice. */
export class BankSettings {
  readonly contract: Contract;
  readonly assumptions: Assumptions;

  constructor(
    readonly lives: {
      readonly codeSeconds: number;
      readonly accessTokenSeconds: number;
      readonly scaTokenSeconds: number;
      /** Assumed, the bank's pages are silent: a PSU has a quarter of an hour to open the link and decide. */
      readonly linkSeconds?: number;
      /** Assumed, the bank's pages are silent: from the PSU's approval. */
      readonly consentDays?: number;
    },
    behaviour: { readonly contract?: Contract; readonly assumptions?: Assumptions } = {},
  ) {
    this.contract = behaviour.contract ?? 'current';
    this.assumptions = behaviour.assumptions ?? ASSUMED;
  }

  get linkSeconds(): number {
    return this.lives.linkSeconds ?? 900;
  }

  get consentDays(): number {
    return this.lives.consentDays ?? 180;
  }
}
