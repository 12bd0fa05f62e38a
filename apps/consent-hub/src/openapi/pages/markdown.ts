import { Marked, type Tokens } from 'marked';

/** Where a link of a document leads on the pages; undefined: nowhere that readers of the pages can go. */
export type LinkTarget = (href: string) => string | undefined;

/** The anchor that GitHub makes of a heading, by which documents refer to each other. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');

/** Turns documents of this repository into HTML. Markup in a document is shown as text, so nothing but ours gets into a page. */
function converter(target: LinkTarget): Marked {
  return new Marked({
    renderer: {
      html: ({ text }) => escaped(text),
      heading({ tokens, depth, text }: Tokens.Heading) {
        return `<h${depth} id="${escaped(anchorOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens);
        const to = target(href);
        return to === undefined ? words : `<a href="${escaped(to)}">${words}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        const from = target(href);
        return from === undefined
          ? escaped(text)
          : `<img src="${escaped(from)}" alt="${escaped(text)}" loading="lazy">`;
      },
      code: ({ text }) => `<pre class="wide-text" tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
}

const SAME: LinkTarget = (href) => href;
const sameLinks = converter(SAME);

/** A whole document. */
export const htmlOf = (markdown: string, target: LinkTarget = SAME): string =>
  converter(target).parse(markdown, { async: false });

/** A paragraph of the description of the API, without an element around it. */
export const inlineHtmlOf = (markdown: string): string => sameLinks.parseInline(markdown, { async: false });
