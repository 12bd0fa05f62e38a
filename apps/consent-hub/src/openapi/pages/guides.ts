import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { htmlOf } from './markdown.js';

/** The checkout in development, `dist` in production: the build takes the documents over. */
const ROOT = path.resolve(import.meta.dirname, '../../../../..');
const DOCUMENTS = path.join(ROOT, 'docs');

/** A document below `docs`, or another one that users need. */
export interface Guide {
  /** Its address below `/docs/guides/`. */
  readonly slug: string;
  readonly title: string;
  readonly file: string;
}

export interface GuideGroup {
  readonly title: string;
  readonly guides: readonly Guide[];
}

/** Those that stand outside of `docs`. */
const OTHERS: Readonly<Record<string, string>> = { 'client-library': 'libs/client/README.md' };

/** In the order in which readers need them; what is in none of these groups is found by its folder. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'To begin with': ['stories/platform-team', 'client-library', 'flows', 'stories/misbehaving-bank'],
  'For your application': ['events', 'person-pages', 'glossary'],
  'To run hubs': ['configuration', 'operations', 'console', 'stories/admin', 'metrics', 'tracing'],
  'To rely on it': ['security', 'evidence'],
};
const FOLDERS: Readonly<Record<string, string>> = { runbooks: 'Runbooks of alerts', adr: 'Decisions' };

const IMAGE = /^images\/[\w-]+\.webp$/;

/** The documents of this repository, as pages. */
export class Guides {
  readonly groups: readonly GuideGroup[];
  private readonly bySlug: ReadonlyMap<string, Guide>;
  private readonly images: ReadonlySet<string>;

  constructor() {
    const files = readdirSync(DOCUMENTS, { recursive: true, encoding: 'utf8' }).map(asUrlPath);
    const own = files.filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -'.md'.length));
    const guides = [
      ...own.map((slug) => guideOf(slug, path.join(DOCUMENTS, `${slug}.md`))),
      ...Object.entries(OTHERS).map(([slug, file]) => guideOf(slug, path.join(ROOT, file))),
    ];
    this.bySlug = new Map(guides.map((guide) => [guide.slug, guide]));
    this.images = new Set(files.filter((file) => IMAGE.test(file)));
    this.groups = [...this.named(), ...this.inFolders()];
  }

  find(slug: string): Guide | undefined {
    return this.bySlug.get(slug);
  }

  /** The file of an image of a document; undefined where there is none of this name. */
  findImage(name: string): string | undefined {
    return this.images.has(`images/${name}`) ? path.join(DOCUMENTS, 'images', name) : undefined;
  }

  /** A document as HTML, its links leading to other pages; what is no page here stays as text. */
  htmlOf({ slug, file }: Guide): string {
    const folder = path.posix.dirname(slug);
    return htmlOf(readFileSync(file, 'utf8'), (href) => {
      if (/^(?:https:|#)/.test(href)) return href;
      const [relative = '', anchor] = href.split('#');
      const target = path.posix.join(folder, relative);
      const end = anchor === undefined ? '' : `#${anchor}`;
      const isPage = this.images.has(target) || this.bySlug.has(target.replace(/\.md$/, ''));
      return isPage ? relative.replace(/\.md$/, '') + end : undefined;
    });
  }

  private named(): GuideGroup[] {
    return Object.entries(GROUPS).map(([title, slugs]) => ({
      title,
      guides: slugs.flatMap((slug) => this.find(slug) ?? []),
    }));
  }

  private inFolders(): GuideGroup[] {
    return Object.entries(FOLDERS).map(([folder, title]) => ({
      title,
      guides: [...this.bySlug.values()]
        .filter(({ slug }) => slug.startsWith(`${folder}/`))
        .sort((a, b) => (a.slug < b.slug ? -1 : 1)),
    }));
  }
}

const asUrlPath = (file: string): string => file.split(path.sep).join('/');

function guideOf(slug: string, file: string): Guide {
  const [first = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('\n', 1) : [];
  return { slug, file, title: first.replace(/^#+ /, '') || slug };
}
