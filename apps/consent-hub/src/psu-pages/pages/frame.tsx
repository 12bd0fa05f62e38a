import { PageDocument, type PageBrand } from '@consent-hub/platform';
import type { ComponentChildren, JSX } from 'preact';
import { PAGE_LANGUAGES, type PageLanguage } from '../../http-api/page-language.js';
import type { Visitor } from '../psu-session.guard.js';
import { PSU_TEXTS } from '../texts/psu-texts.js';
import type { PsuTexts } from '../texts/texts.types.js';

/** What every page needs to know. */
export interface PageContext {
  readonly brand: PageBrand;
  readonly language: PageLanguage;
  readonly texts: PsuTexts;
  /** The name of the provider, or the text that replaces it. */
  readonly tpp: string;
  /** Null without a session. */
  readonly visitor: Visitor | null;
  /** Path of the page, to come back to with another language. */
  readonly path: string;
  readonly now: Date;
}

export const contextOf = (
  brand: PageBrand,
  { language, visitor, path = '/my' }: { language: PageLanguage; visitor: Visitor | null; path?: string },
): PageContext => {
  const texts = PSU_TEXTS[language];
  return { brand, language, texts, tpp: brand.name ?? texts.someTpp, visitor, path, now: new Date() };
};

interface Frame {
  readonly context: PageContext;
  readonly title: string;
  /** For programs, in every language the same. */
  readonly outcome: string;
  /** Where the browser continues by itself. */
  readonly onTo?: string;
  /** Class of the main part. */
  readonly kind: string;
  readonly children: ComponentChildren;
}

export const Frame = ({ context, title, outcome, onTo, kind, children }: Frame): JSX.Element => {
  const { brand, language, visitor, texts } = context;
  return (
    <PageDocument
      language={language}
      title={title}
      outcome={outcome}
      brand={brand}
      {...(onTo !== undefined && { onTo })}
      {...(visitor && {
        aside: (
          <Form context={context} action="/my/sign-out">
            <button class="link">{texts.actions.signOut}</button>
          </Form>
        ),
      })}
    >
      <main class={kind}>{children}</main>
      {visitor && <Foot context={context} visitor={visitor} />}
    </PageDocument>
  );
};

function Foot({ context, visitor }: { context: PageContext; visitor: Visitor }): JSX.Element {
  const { texts, language, tpp, path } = context;
  return (
    <footer class="foot">
      <div>
        <Form context={context} action="/my/language" label={texts.labels.language}>
          <input type="hidden" name="page" value={path} />
          {PAGE_LANGUAGES.map((one) => (
            <button
              key={one}
              class="link"
              name="language"
              value={one}
              lang={one}
              {...(one === language && { 'aria-current': 'true' as const })}
            >
              {PSU_TEXTS[one].name}
            </button>
          ))}
        </Form>
        {visitor.returnUrl !== null && <a href={visitor.returnUrl}>{texts.actions.backTo(tpp)}</a>}
      </div>
    </footer>
  );
}

interface FormProps {
  readonly context: PageContext;
  readonly action: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A form that changes something: it proves that it is of this session. */
export const Form = ({ context: { brand, visitor }, action, label, children }: FormProps): JSX.Element => (
  <form method="post" action={brand.base + action} {...(label !== undefined && { 'aria-label': label })}>
    {visitor && <input type="hidden" name="form_token" value={visitor.formToken} />}
    {children}
  </form>
);
