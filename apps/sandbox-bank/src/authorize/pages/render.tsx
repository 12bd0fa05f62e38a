import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Page } from '../page.js';
import { Code } from './code.js';
import { Consent } from './consent.js';
import { DeadEnd } from './dead-end.js';
import { LogIn } from './log-in.js';
import { Payment } from './payment.js';
import { Sca } from './sca.js';

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
