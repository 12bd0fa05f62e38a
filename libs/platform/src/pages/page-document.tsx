import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { PAGE_STYLE } from './page-style.js';

interface PageDocument {
  readonly language: string;
  readonly title: string;
  /** For programs, in every language the same. */
  readonly outcome?: string;
  readonly children: ComponentChildren;
}

/** What every page of the hub is made of: its head, with the one stylesheet, around its content. */
export const PageDocument = ({ language, title, outcome, children }: PageDocument): JSX.Element => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      {outcome !== undefined && <meta name="outcome" content={outcome} />}
      <title>{title}</title>
      {/* A constant of ours: escaped, it would no longer match the hash in the security policy. */}
      <style dangerouslySetInnerHTML={{ __html: PAGE_STYLE }} />
    </head>
    <body>{children}</body>
  </html>
);

export const renderDocument = (page: JSX.Element): string => `<!doctype html>${renderToString(page)}`;
