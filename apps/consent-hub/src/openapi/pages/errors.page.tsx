import { type PageBrand } from '@consent-hub/platform';
import type { ComponentChildren, JSX } from 'preact';
import type { ProblemGuide, Retry } from '../../problem-details/guide.js';
import { PROBLEM_GROUPS } from '../../problem-details/problem-guide.js';
import { renderDocumentation } from './documentation-frame.js';

const RETRY_TEXTS: Readonly<Record<Retry, string>> = {
  no: 'No: the same request is refused again.',
  after_change: 'Only after what is described above has changed.',
  yes: 'Yes: the same request, after Retry-After where the answer has it, else after some seconds.',
};

const RETRY_WORDS: Readonly<Record<Retry, string>> = {
  no: 'Do not repeat it as it is.',
  after_change: 'Repeat it after the change.',
  yes: 'Repeat it after Retry-After.',
};

/** What answers with a code, by the name of the call and its anchor on the reference. */
export interface CodeSource {
  readonly text: string;
  readonly href: string;
}

type Sources = ReadonlyMap<string, readonly CodeSource[]>;

const groupAnchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

const Entry = ({ code, guide }: { readonly code: string; readonly guide: ProblemGuide }): JSX.Element => (
  <section class={`entry ${guide.retry}`} id={code}>
    <h3>
      <a href={`problems/${code}`}>
        <code>{code}</code>
      </a>
    </h3>
    <p>
      {guide.meaning} {guide.action}
    </p>
    <p class="retry">{RETRY_WORDS[guide.retry]}</p>
  </section>
);

/** Every code that the hub answers with, each with an anchor of its own. */
export const renderErrors = (brand: PageBrand): string =>
  renderDocumentation(
    {
      ...{ section: 'errors', title: 'Errors', root: '../' },
      contents: PROBLEM_GROUPS.map(({ title, guides }) => ({
        text: title,
        href: `#${groupAnchor(title)}`,
        items: Object.keys(guides).map((code) => ({ text: code, href: `#${code}` })),
      })),
      children: (
        <>
          <h1>Errors</h1>
          <p>
            Every refusal is <code>application/problem+json</code> (RFC 9457). Programs decide by{' '}
            <code>code</code>; <code>type</code> is the address of the page of the code,{' '}
            <code>request_id</code> finds the request in the log. The edge says whether it helps to send the
            same request again: green yes, amber after a change, grey no.
          </p>
          {PROBLEM_GROUPS.map(({ title, guides }) => (
            <section key={title} aria-labelledby={groupAnchor(title)}>
              <h2 id={groupAnchor(title)}>{title}</h2>
              <div class="entries">
                {Object.entries(guides).map(([code, guide]) => (
                  <Entry key={code} code={code} guide={guide} />
                ))}
              </div>
            </section>
          ))}
        </>
      ),
    },
    brand,
  );

const Part = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <>
    <h2>{title}</h2>
    <p>{children}</p>
  </>
);

/** The page that the `type` of a problem leads to. */
export const renderProblem = (
  code: string,
  guide: ProblemGuide,
  sources: Sources,
  brand: PageBrand,
): string =>
  renderDocumentation(
    {
      ...{ section: 'errors', title: code, root: '../../' },
      contents: PROBLEM_GROUPS.filter(({ guides }) => code in guides).map(({ title, guides }) => ({
        text: title,
        href: `../errors#${groupAnchor(title)}`,
        items: Object.keys(guides).map((each) => ({ text: each, href: each, isCurrent: each === code })),
      })),
      children: (
        <>
          <h1>{code}</h1>
          <Part title="What it means">{guide.meaning}</Part>
          <Part title="What to do">{guide.action}</Part>
          <Part title="Does it help to try again?">{RETRY_TEXTS[guide.retry]}</Part>
          {sources.has(code) && (
            <>
              <h2>Which calls answer with it</h2>
              <ul>
                {sources.get(code)?.map(({ text, href }) => (
                  <li key={href}>
                    <a href={`../../docs${href}`}>{text}</a>
                  </li>
                ))}
              </ul>
            </>
          )}
          <p>
            <a href={`../errors#${code}`}>All codes</a>
          </p>
        </>
      ),
    },
    brand,
  );
