import type { PageBrand } from '@consent-hub/platform';
import { renderDocumentation, type ContentsGroup } from './documentation-frame.js';
import type { Guide, GuideGroup, Guides } from './guides.js';
import { Prose } from './prose.js';

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

const contentsOf = (groups: readonly GuideGroup[], base: string, current?: Guide): ContentsGroup[] =>
  groups.map(({ title, guides }) => ({
    text: title,
    href: `${base === '' ? '' : `${base}../guides`}#${anchorOf(title)}`,
    items: guides.map(({ slug, title: text }) => ({
      ...{ text, href: `${base === '' ? 'guides/' : base}${slug}` },
      isCurrent: slug === current?.slug,
    })),
  }));

/** All guides, by what they are for. */
export const renderGuides = ({ groups }: Guides, brand: PageBrand): string =>
  renderDocumentation(
    {
      ...{ section: 'guides', title: 'Guides', root: '../', contents: contentsOf(groups, '') },
      children: (
        <>
          <h1>Guides</h1>
          <p>The documents of the version that runs here.</p>
          {groups.map(({ title, guides }) => (
            <section key={title} aria-labelledby={anchorOf(title)}>
              <h2 id={anchorOf(title)}>{title}</h2>
              <ul class="doors">
                {guides.map(({ slug, title: text }) => (
                  <li key={slug}>
                    <a href={`guides/${slug}`}>{text}</a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </>
      ),
    },
    brand,
  );

/** One document. */
export function renderGuide(guides: Guides, guide: Guide, brand: PageBrand): string {
  const base = '../'.repeat(guide.slug.split('/').length - 1) || './';
  return renderDocumentation(
    {
      ...{ section: 'guides', title: guide.title, root: `${base}../../` },
      contents: contentsOf(guides.groups, base, guide),
      children: <Prose html={guides.htmlOf(guide)} />,
    },
    brand,
  );
}
