import type { JSX } from 'preact';
import { PageDocument, renderDocument } from '@consent-hub/platform';
import type { PageLanguage } from '../http-api/page-language.js';
import { PAGE_TEXTS, WAY_ON, type Message } from './page-texts.js';

type Mood = 'good' | 'wait' | 'bad';

const MOODS: Partial<Record<Message, Mood>> = {
  completed: 'good',
  payment_signed: 'good',
  in_progress: 'wait',
  payment_in_progress: 'wait',
};

export interface PageContent {
  readonly message: Message;
  readonly language: PageLanguage;
  /** Of the application, which has named it beforehand. */
  readonly wayOn: string | null;
}

const SIGNS: Record<Mood, string> = {
  good: 'M20 33l9 9 16-19',
  wait: 'M32 20v13l8 6',
  bad: 'M32 19v17M32 43v2',
};

const Sign = ({ mood }: { readonly mood: Mood }): JSX.Element => (
  <svg
    viewBox="0 0 64 64"
    fill="none"
    stroke="currentColor"
    stroke-width="4"
    stroke-linecap="round"
    aria-hidden="true"
  >
    <circle cx="32" cy="32" r="28" stroke-opacity=".35" />
    <path d={SIGNS[mood]} stroke-linejoin="round" />
  </svg>
);

const Page = ({ message, language, wayOn }: PageContent): JSX.Element => {
  const { title, text } = PAGE_TEXTS[language][message];
  const mood = MOODS[message] ?? 'bad';
  return (
    <PageDocument language={language} title={title} outcome={message}>
      <main class={mood}>
        <Sign mood={mood} />
        <h1>{title}</h1>
        <p>{text}</p>
        {wayOn !== null && (
          <a class="button" href={wayOn}>
            {WAY_ON[language]}
          </a>
        )}
      </main>
    </PageDocument>
  );
};

/** A page as an HTML document. Nothing of the request stands in it. */
export const renderPage = (content: PageContent): string => renderDocument(<Page {...content} />);
