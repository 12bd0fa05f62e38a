import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { DeadEndPage, Page } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { Code } from './code.js';
import { Consent } from './consent.js';
import { Layout } from './layout.js';
import { LogIn } from './log-in.js';
import { Payment } from './payment.js';
import { Sca } from './sca.js';

/** A page without a form: it says what happened, and leads to where a visit can start again. */
const DeadEnd = ({ frame, reason }: DeadEndPage): JSX.Element => {
  const texts = TEXTS[frame.language];
  const { title, text } = texts.deadEnds[reason];
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <p>{texts.wayOut}</p>
      <div class="actions">
        {reason === 'technical_fault' && (
          <a class="button primary" href={frame.languageLinks[frame.language]}>
            {texts.tryAgain}
          </a>
        )}
        <a class={`button ${reason === 'technical_fault' ? 'secondary' : 'primary'}`} href="/">
          {texts.startPage}
        </a>
      </div>
    </Layout>
  );
};

const toElement = (page: Page): JSX.Element => {
  switch (page.name) {
    case 'log-in':
      return <LogIn {...page} />;
    case 'code':
      return <Code {...page} />;
    case 'consent':
      return <Consent {...page} />;
    case 'payment':
      return <Payment {...page} />;
    case 'sca':
      return <Sca {...page} />;
    case 'dead-end':
      return <DeadEnd {...page} />;
  }
};

/** A page as an HTML document. Preact escapes whatever text it is given; nothing here bypasses that. */
export const renderPage = (page: Page): string => `<!doctype html>${renderToString(toElement(page))}`;
