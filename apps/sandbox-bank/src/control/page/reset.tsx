import type { JSX } from 'preact';
import { formPath, type ControlPage } from './control-page.js';
import { FormOutcome, Section } from './parts.js';

export const Reset = (page: Pick<ControlPage, 'done' | 'refused'>): JSX.Element => (
  <Section id="reset" title="Reset">
    <FormOutcome form="reset" {...page} />
    <details>
      <summary>Empty the bank…</summary>
      <form method="post" action={formPath('reset')}>
        <p>
          Forgets every consent, token, payment, count and fault, and sets the clock back. Customers and
          clients stay. What TPPs still hold is worth nothing afterwards.
        </p>
        <button class="danger">Empty the bank</button>
      </form>
    </details>
  </Section>
);
