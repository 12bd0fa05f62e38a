import type { JSX } from 'preact';
import { CALLBACK, FAULT_NAMES, FAULTS, TOKEN_ENDPOINT, type FaultName } from '../../model/faults/faults.js';
import type { ControlPage } from './control-page.js';
import { Section } from './parts.js';

/** Sets the fault for the next call it can strike. */
export const commandOf = (origin: string, name: FaultName): string =>
  `curl -X PUT ${origin}/sandbox/faults -H 'Content-Type: application/json' -d '${JSON.stringify({
    name,
    times: 1,
    ...(name === 'slow' && { delay_ms: 5000 }),
  })}'`;

const STRIKES: Readonly<Record<string, string>> = {
  [TOKEN_ENDPOINT]: 'Strikes the next POST /token: the exchange of a code, or a refresh.',
  [CALLBACK]: 'Strikes the next PSU whose decision sends them back.',
};

/** How to see each fault, made from the table of faults. */
export const Demonstrations = ({ origin }: Pick<ControlPage, 'origin'>): JSX.Element => (
  <Section id="demonstrations" title="Demonstrate each fault with one curl">
    <dl class="terms">
      {FAULT_NAMES.map((name) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <p>
              {FAULTS[name].does}{' '}
              {STRIKES[FAULTS[name].endpoint] ??
                'Strikes the next call of the machine API that a TPP is let in for.'}
            </p>
            <pre tabIndex={0}>
              <code>{commandOf(origin, name)}</code>
            </pre>
          </dd>
        </div>
      ))}
    </dl>
    <p class="hint">
      Beside <code>times</code>: <code>endpoint</code>, <code>brand</code>, <code>grant_type</code>,{' '}
      <code>delay_ms</code>, <code>field</code>. <code>GET {origin}/sandbox/faults</code> counts the strikes,{' '}
      <code>DELETE</code> ends them (<code>?name=</code> for one).
    </p>
  </Section>
);
