import type { JSX } from 'preact';
import type { CodePage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { groupedCode } from './format.js';
import { Layout } from './layout.js';
import { CancelForm, CsrfField, DeveloperForm, ErrorSummary, FieldError } from './parts.js';

/**
 * Second step: takes the place of strong customer authentication, without a field into which a real credential would fit.
 */
export const Code = ({ frame, customer, code, fault }: CodePage): JSX.Element => {
  const texts = TEXTS[frame.language].code;
  return (
    <Layout frame={frame} title={texts.title} at={{ step: 'code', frame }} failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="code" />
      <h1>{texts.title}</h1>
      <p class="lead">{texts.intro(customer)}</p>
      <p class="one-time">
        <span>{texts.shown}</span> <strong>{groupedCode(code)}</strong>
      </p>
      <form method="post" action={frame.paths.code} noValidate>
        <CsrfField frame={frame} />
        <div class="field">
          <label for="code">{texts.field}</label>
          <p class="hint" id="code-hint">
            {texts.hint}
          </p>
          <FieldError frame={frame} fault={fault} field="code" />
          <input
            id="code"
            name="code"
            inputMode="numeric"
            autocomplete="off"
            maxLength={11}
            required
            aria-invalid={fault ? 'true' : undefined}
            aria-describedby={fault ? 'code-hint code-error' : 'code-hint'}
          />
        </div>
        <div class="actions">
          <button class="primary">{texts.submit}</button>
          <a class="button secondary" href={frame.paths['log-in']}>
            {TEXTS[frame.language].otherCustomer}
          </a>
        </div>
      </form>
      <CancelForm frame={frame} />
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
