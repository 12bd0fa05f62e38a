import type { Brand, Secret } from '@consent-hub/psd2-protocol';
import { DEAD_END_STATUS, type DeadEnd, type Page } from './page.js';
import { perLanguage } from './paths.js';
import type { UiLanguage } from './ui-language.js';

/** What a browser keeps during one visit: the key of its session, and the link by which it came. */
export interface VisitCookie {
  readonly key: Secret;
  readonly appToken: Secret;
}

/** What the browser is answered: a page, or another address. */
export type Answer =
  | { readonly kind: 'page'; readonly status: number; readonly page: Page }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'opened'; readonly to: string; readonly path: string; readonly cookie: VisitCookie };

export const showPage = (page: Page, status = 200): Answer => ({ kind: 'page', status, page });

export const redirectTo = (to: string): Answer => ({ kind: 'redirect', to });

/** @param link the same address in another language */
export const deadEnd = (
  reason: DeadEnd,
  brand: Brand | null,
  language: UiLanguage,
  link: (language: UiLanguage) => string,
): Answer =>
  showPage(
    { name: 'dead-end', reason, frame: { brand, language, languageLinks: perLanguage(link) } },
    DEAD_END_STATUS[reason],
  );
