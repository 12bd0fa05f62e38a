/** How long what the bank issues is good for. */
export class BankTerms {
  constructor(
    readonly lives: {
      readonly codeSeconds: number;
      readonly accessTokenSeconds: number;
      readonly scaTokenSeconds: number;
    },
  ) {}

  /** Assumed, the bank's pages are silent: a PSU has a quarter of an hour to open the link and decide. */
  readonly linkSeconds = 900;

  /** Assumed, the bank's pages are silent: counted from the PSU's approval, and no refresh moves it. */
  readonly consentDays = 180;
}
