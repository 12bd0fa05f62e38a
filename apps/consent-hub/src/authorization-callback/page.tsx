import type { JSX } from 'preact';
import { PageDocument, renderDocument, type PageBrand } from '@consent-hub/platform';
import { Sign, type Mood } from '../http-api/sign.js';
import type { PageLanguage } from '../http-api/page-language.js';
import type { Message } from './page-message.js';
import { PAGE_TEXTS, REFERENCE, WAY_ON } from './page-texts.js';

const MOODS: Partial<Record<Message, Mood>> = {
  completed: 'good',
  payment_signed: 'good',
  in_progress: 'wait',
  payment_in_progress: 'wait',
  sca_confirmed: 'good',
  // A person who refuses has made no mistake.
  refused: 'none',
  payment_refused: 'none',
};

export interface PageContent {
  readonly message: Message;
  readonly language: PageLanguage;
  /** Address of the application, which has registered it. */
  readonly wayOn: string | null;
  /** Id of the consent; null where there is none, or none may be shown. */
  readonly reference: string | null;
  readonly brand: PageBrand;
}

const Page = ({ message, language, wayOn, reference, brand }: PageContent): JSX.Element => {
  const { title, text } = PAGE_TEXTS[language][message];
  const mood = MOODS[message] ?? 'bad';
  return (
    <PageDocument language={language} title={title} outcome={message} brand={brand}>
      <main class={mood}>
        <Sign mood={mood} />
        <h1>{title}</h1>
        <p>{text}</p>
        {wayOn !== null && (
          <a class="button" href={wayOn}>
            {WAY_ON[language]}
          </a>
        )}
        {reference !== null && (
          <p class="reference">
            {REFERENCE[language]}: {reference}
          </p>
        )}
      </main>
    </PageDocument>
  );
};

/** A page as an HTML document. It contains nothing of the request. */
export const renderPage = (content: PageContent): string => renderDocument(<Page {...content} />);
