import { PageDocument, renderDocument, type PageBrand } from '@consent-hub/platform';
import type { ComponentChildren, JSX } from 'preact';
import { DOCUMENTATION_STYLE } from './documentation-style.js';

/** The pages that the head of each of them leads to. */
const SECTIONS = {
  reference: { path: 'docs', text: 'Reference' },
  errors: { path: 'docs/errors', text: 'Errors' },
  guides: { path: 'docs/guides', text: 'Guides' },
} as const;

export interface DocumentationPage {
  readonly section: keyof typeof SECTIONS;
  readonly title: string;
  /** From the folder of the page to the root of the hub: empty, or `../` once or more often. */
  readonly root: string;
  readonly contents: readonly ContentsGroup[];
  readonly children: ComponentChildren;
}

/** Links at the side of a page. */
export interface ContentsGroup {
  readonly text: string;
  readonly href: string;
  readonly items: readonly {
    readonly text: string;
    readonly href: string;
    readonly isCurrent?: boolean;
  }[];
}

const Sections = ({ section, root }: Pick<DocumentationPage, 'section' | 'root'>): JSX.Element => (
  <nav aria-label="Documentation">
    <a href={root === '' ? '.' : root}>Consent Hub</a>
    {Object.entries(SECTIONS).map(([name, { path, text }]) => (
      <a key={name} href={root + path} {...(name === section && { 'aria-current': 'page' as const })}>
        {text}
      </a>
    ))}
    <a href={`${root}openapi.json`}>OpenAPI</a>
  </nav>
);

const Contents = ({ groups }: { readonly groups: readonly ContentsGroup[] }): JSX.Element => (
  <nav class="contents" aria-label="On this page">
    <ul>
      {groups.map(({ text, href, items }) => (
        <li key={href}>
          <a class="group" href={href}>
            {text}
          </a>
          <ul>
            {items.map((item) => (
              <li key={item.href}>
                <a href={item.href} {...(item.isCurrent && { 'aria-current': 'page' as const })}>
                  {item.text}
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  </nav>
);

/** A page for developers: the name of the provider, the sections, what is on the page, and the page. */
export const renderDocumentation = (
  { section, title, root, contents, children }: DocumentationPage,
  brand: PageBrand,
): string =>
  renderDocument(
    <PageDocument
      language="en"
      title={`${title} – Consent Hub`}
      brand={brand}
      style={DOCUMENTATION_STYLE}
      aside={<Sections section={section} root={root} />}
    >
      <div class="docs">
        <Contents groups={contents} />
        <main>{children}</main>
      </div>
    </PageDocument>,
  );
