import type { JSX } from 'preact';
import { Section } from './parts.js';

const CALLS: readonly (readonly [call: string, does: string])[] = [
  [
    'POST /sandbox/authorizations',
    'Plays the customer: consent_uri (the URL of a payment or of an SCA is good there too), decision (approve, refuse, fail), and, if you like, psu (an id from above; else the first who can) and ibans (else all that can be opened; of a payment one, else the first). Answers with redirect_to.',
  ],
  ['GET /sandbox/psus', 'The customers and their accounts.'],
  [
    'POST /sandbox/psus/{id}/withdraw',
    'The customer withdraws every consent, or those of one scope or one client_id.',
  ],
  [
    'GET /sandbox/ledger',
    'The counts above; with ?consent= and the state of a consent URI, the live generation of that consent’s pair.',
  ],
  [
    'PUT, GET, DELETE /sandbox/faults',
    'Sets a fault (the same one again replaces it), lists them, ends all or those of ?name=.',
  ],
  ['GET, POST /sandbox/clock', 'Shows the bank’s clock, and puts it forward by advance_seconds.'],
  ['GET /sandbox/assumptions', 'The assumptions and what is chosen.'],
  ['POST /sandbox/reset', 'Empties the bank; customers and clients stay.'],
];

/** What this page does, for scripts. */
export const Calls = (): JSX.Element => (
  <Section id="calls" title="The same for scripts">
    <p class="hint">
      JSON in and out, faults of the caller as <code>application/problem+json</code>.
    </p>
    <dl class="terms">
      {CALLS.map(([call, does]) => (
        <div key={call}>
          <dt>
            <code>{call}</code>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Section>
);
