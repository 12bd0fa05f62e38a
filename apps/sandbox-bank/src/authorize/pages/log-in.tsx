import type { JSX } from 'preact';
import type { LogInPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { groupedIban } from './format.js';
import { Layout } from './layout.js';
import { CancelForm, CsrfField, DeveloperForm, ErrorSummary, FieldError } from './parts.js';

/** First step: which of the bank's fictitious customers the visitor plays. */
export const LogIn = ({ frame, customers, chosen, requestedIban, fault }: LogInPage): JSX.Element => {
  const texts = TEXTS[frame.language].logIn;
  return (
    <Layout frame={frame} title={texts.title} at={{ step: 'log-in', frame }} failed={fault !== null}>
      <ErrorSummary frame={frame} fault={fault} field="psu-0" />
      <h1>{texts.title}</h1>
      <p class="lead">{texts.intro[frame.purpose](frame.tppName)}</p>
      <form method="post" action={frame.paths['log-in']} noValidate>
        <CsrfField frame={frame} />
        <fieldset class="customers" aria-describedby={fault ? 'psu-error' : undefined}>
          <legend>{texts.legend}</legend>
          <FieldError frame={frame} fault={fault} field="psu" />
          {customers.map((customer, index) => (
            <label class="tile" key={customer.id}>
              <input
                type="radio"
                id={`psu-${index}`}
                name="psu"
                value={customer.id}
                checked={customer.id === chosen}
                required
              />
              <span class="what">
                <span class="name">{customer.name}</span>
                <span class="detail">{texts.cases[customer.kind](customer.currencies)}</span>
                {customer.holdsRequested && requestedIban !== null && (
                  <span class="detail">{texts.holdsAccount(groupedIban(requestedIban))}</span>
                )}
              </span>
            </label>
          ))}
        </fieldset>
        <div class="actions">
          <button class="primary">{texts.submit}</button>
        </div>
      </form>
      <CancelForm frame={frame} />
      <DeveloperForm frame={frame} />
    </Layout>
  );
};
