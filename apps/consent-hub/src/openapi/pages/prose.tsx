import type { JSX } from 'preact';
import { htmlOf, inlineHtmlOf } from './markdown.js';

/** Markdown of several paragraphs. */
export const Prose = ({
  text,
  html = htmlOf(text ?? ''),
}: {
  readonly text?: string;
  readonly html?: string;
}): JSX.Element => (
  // Made from files of ours alone, with every sign of markup in them escaped.
  <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
);

/** Markdown within a line. */
export const Words = ({ text }: { readonly text: string }): JSX.Element => (
  <span dangerouslySetInnerHTML={{ __html: inlineHtmlOf(text) }} />
);
