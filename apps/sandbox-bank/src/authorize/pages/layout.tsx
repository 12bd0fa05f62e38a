import type { ComponentChildren, JSX } from 'preact';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { Frame, VisitFrame } from '../page.js';
import { STEPS, type Step } from '../paths.js';
import { TEXTS } from '../texts/dictionaries.js';
import { UI_LANGUAGES } from '../ui-language.js';
import { iconPath, STYLESHEET_PATH } from './assets.js';

const LanguageSwitch = ({ frame }: { readonly frame: Frame }): JSX.Element => (
  <nav class="languages" aria-label={TEXTS[frame.language].languageSwitch}>
    <ul>
      {UI_LANGUAGES.map((language) => (
        <li key={language}>
          <a
            href={frame.languageLinks[language]}
            lang={language}
            hreflang={language}
            aria-current={language === frame.language ? 'true' : undefined}
          >
            <span aria-hidden="true">{language.toUpperCase()}</span>
            <span class="unseen">{TEXTS[language].languageName}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

const Progress = ({ frame, step }: { readonly frame: VisitFrame; readonly step: Step }): JSX.Element => {
  const texts = TEXTS[frame.language];
  const current = STEPS.indexOf(step);
  return (
    <ol class="progress" aria-label={texts.progress}>
      {[...texts.steps, texts.lastStep[frame.purpose]].map((label, index) => (
        <li
          key={label}
          class={index < current ? 'done' : undefined}
          aria-current={index === current ? 'step' : undefined}
        >
          {label}
        </li>
      ))}
    </ol>
  );
};

interface LayoutProps {
  readonly frame: Frame;
  readonly title: string;
  /** The step of a visit under way. */
  readonly at?: { readonly step: Step; readonly frame: VisitFrame };
  readonly failed?: boolean;
  readonly children: ComponentChildren;
}

/** The HTML document of every page: it shows in text and colour that this is a sandbox, and of which brand. */
export const Layout = ({ frame, title, at, failed = false, children }: LayoutProps): JSX.Element => {
  const texts = TEXTS[frame.language];
  const brand = frame.brand ? BRAND_NAMES[frame.brand] : 'Bank';
  return (
    <html lang={frame.language} data-brand={frame.brand ?? 'none'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${failed ? texts.errorPrefix : ''}${title} – ${brand} Sandbox`}</title>
        <link rel="stylesheet" href={STYLESHEET_PATH} />
        <link rel="icon" type="image/svg+xml" href={iconPath(frame.brand)} />
      </head>
      <body>
        <a class="skip" href="#content">
          {texts.skipToContent}
        </a>
        <aside class="banner" aria-label="Sandbox">
          <strong>SANDBOX</strong> <span>{texts.banner}</span>
        </aside>
        <header class="masthead">
          <p class="brand">
            {brand} <span>sandbox</span>
          </p>
          <LanguageSwitch frame={frame} />
        </header>
        <main id="content">
          {at && <Progress frame={at.frame} step={at.step} />}
          {children}
        </main>
        <footer>{texts.footer}</footer>
      </body>
    </html>
  );
};
