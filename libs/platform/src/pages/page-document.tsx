import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { PageBrand } from './page-brand.js';
import { PAGE_STYLE } from './page-style.js';

interface PageDocument {
  readonly language: string;
  readonly title: string;
  /** For programs, in every language the same. */
  readonly outcome?: string;
  /** Absent: a page for developers. */
  readonly brand?: PageBrand;
  /** Where the browser continues by itself, at once. */
  readonly onTo?: string;
  /** Next to the brand at the top of the page. */
  readonly aside?: ComponentChildren;
  /** A constant of ours, named in the security policy; default: the one of pages with one message. */
  readonly style?: string;
  /** A file of ours that the page loads. */
  readonly script?: string | undefined;
  readonly children: ComponentChildren;
}

/** What every page of the hub is made of: its head, with the one stylesheet, around its content. */
export const PageDocument = ({
  language,
  title,
  outcome,
  brand,
  onTo,
  aside,
  style = PAGE_STYLE,
  script,
  children,
}: PageDocument): JSX.Element => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      {outcome !== undefined && <meta name="outcome" content={outcome} />}
      {onTo !== undefined && <meta http-equiv="refresh" content={`0; url=${onTo}`} />}
      <title>{brand?.name == null ? title : `${title} – ${brand.name}`}</title>
      {/* Constants of ours: escaped, they would no longer match the hashes in the security policy. */}
      <style dangerouslySetInnerHTML={{ __html: style }} />
      {brand?.style != null && <style dangerouslySetInnerHTML={{ __html: brand.style }} />}
      {script !== undefined && <script src={script} defer />}
    </head>
    <body>
      {brand && <BrandHeader brand={brand} aside={aside} />}
      {children}
    </body>
  </html>
);

/** Nothing where there is nothing to show. */
function BrandHeader({
  brand,
  aside,
}: {
  readonly brand: PageBrand;
  readonly aside: ComponentChildren;
}): JSX.Element | null {
  const { name, logoUrl } = brand;
  const sign =
    logoUrl !== null ? <img src={logoUrl} alt={name ?? ''} /> : name !== null ? <span>{name}</span> : null;
  if (aside == null) return sign && <header class="brand">{sign}</header>;
  return (
    <header class="brand">
      <div class="row">
        {sign ?? <span />}
        {aside}
      </div>
    </header>
  );
}

export const renderDocument = (page: JSX.Element): string => `<!doctype html>${renderToString(page)}`;
