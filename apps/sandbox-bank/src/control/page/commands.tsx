import type { JSX } from 'preact';
import type { FaultName } from '../../model/faults/faults.js';
import type { ControlPage } from './control-page.js';
import { Section } from './parts.js';

/** As the bank has it where none is given. */
export const SLOW_MS = 5000;

/** The command that sets the fault for the next call to which it applies. */
export const commandOf = (origin: string, name: FaultName): string =>
  `curl -X PUT ${origin}/sandbox/faults -H 'Content-Type: application/json' -d '${JSON.stringify({
    name,
    times: 1,
    ...(name === 'slow' && { delay_ms: SLOW_MS }),
  })}'`;

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
  [
    'GET /sandbox/outcomes',
    'Each kind of fault with what is expected then, how often it was applied, and what was counted since.',
  ],
  ['GET, POST /sandbox/clock', 'Shows the bank’s clock, and puts it forward by advance_seconds.'],
  ['GET /sandbox/assumptions', 'The assumptions and what is chosen.'],
  ['POST /sandbox/reset', 'Empties the bank; customers and clients stay.'],
];

/** What this page does, for scripts. */
export const Calls = ({ origin }: Pick<ControlPage, 'origin'>): JSX.Element => (
  <Section id="calls" title="The same for scripts">
    <details>
      <summary>Calls of the control…</summary>
      <p class="hint">
        JSON in and out, faults of the caller as <code>application/problem+json</code>. A fault takes in
        addition to <code>name</code> and <code>times</code>: <code>endpoint</code>, <code>brand</code>,{' '}
        <code>grant_type</code>, <code>delay_ms</code>, <code>field</code>.{' '}
        <code>GET {origin}/sandbox/faults</code> counts how often each was applied, <code>DELETE</code> ends
        them (<code>?name=</code> for one).
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
    </details>
  </Section>
);
