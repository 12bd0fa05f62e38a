import type { PageLanguage } from '../http-api/page-language.js';

/** Why a page is not shown, or an act not done, with the status of the answer. Nothing was changed. */
export const REFUSALS = {
  link_unknown: 404,
  link_used: 410,
  link_expired: 410,
  session_over: 403,
  /** A form that none of the pages of this session has sent. */
  forged: 403,
  /** An address to go back to that is not registered. */
  elsewhere: 400,
  not_found: 404,
  not_stoppable: 409,
  not_renewable: 409,
  bank_unavailable: 503,
  broken: 500,
} as const;
export type Refusal = keyof typeof REFUSALS;

/** Ends a request with a page that says why. */
export class PageRefusal extends Error {
  /** @param language of the page; null: as the browser prefers */
  constructor(
    readonly refusal: Refusal,
    readonly language: PageLanguage | null = null,
  ) {
    super(refusal);
    this.name = 'PageRefusal';
  }
}
