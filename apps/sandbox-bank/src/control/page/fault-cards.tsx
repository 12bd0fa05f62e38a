import type { JSX } from 'preact';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { Fault, FaultOutcome } from '../../model/faults/fault.repository.js';
import {
  ANY_ENDPOINT,
  CALLBACK,
  FAULT_NAMES,
  FAULTS,
  TOKEN_ENDPOINT,
  type FaultName,
} from '../../model/faults/faults.js';
import { commandOf, SLOW_MS } from './commands.js';
import type { ControlPage } from './control-page.js';
import { ButtonForm } from './parts.js';

const APPLIES_TO: Readonly<Record<string, string>> = {
  [TOKEN_ENDPOINT]: 'Applies to the next POST /token: the exchange of a code, or a refresh.',
  [CALLBACK]: 'Applies to the next PSU who returns after a decision.',
};

/** What a fault did, by the bank's own counting. */
const outcomeOf = (outcomes: readonly FaultOutcome[], name: FaultName): FaultOutcome =>
  outcomes.find((each) => each.name === name) ?? { name, strikes: 0, doubleSpends: 0, probes: 0 };

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Of everything since the fault was applied first: what is sent twice does not say which fault it follows. */
function Actual({ strikes, doubleSpends, probes }: FaultOutcome): JSX.Element {
  if (strikes === 0) return <dd class="muted">Not applied yet.</dd>;
  return (
    <dd class={doubleSpends === 0 ? 'good' : 'bad'}>
      Applied {counted(strikes, 'time', 'times')}; since then{' '}
      {counted(doubleSpends, 'double spend', 'double spends')},{' '}
      {counted(probes, 'careful probe', 'careful probes')}.
    </dd>
  );
}

const Outcomes = ({ outcome }: { readonly outcome: FaultOutcome }): JSX.Element => (
  <dl class="outcomes">
    <div>
      <dt>Expected</dt>
      <dd>{FAULTS[outcome.name].expected}</dd>
    </div>
    <div>
      <dt>Actual</dt>
      <Actual {...outcome} />
    </div>
  </dl>
);

const limitsOf = ({ brand, grantType, delayMs, field }: Fault): string[] => [
  ...(brand === null ? [] : [BRAND_NAMES[brand]]),
  ...(grantType === null ? [] : [grantType]),
  ...(delayMs === null ? [] : [`after ${delayMs} ms`]),
  ...(field === null ? [] : [`field ${field}`]),
];

const placeOf = ({ endpoint }: Fault): string =>
  endpoint === ANY_ENDPOINT ? 'every machine endpoint' : endpoint;

const SetFault = ({
  fault,
  outcome,
}: {
  readonly fault: Fault;
  readonly outcome: FaultOutcome;
}): JSX.Element => (
  <article class="fault set" aria-label={`${fault.name} at ${placeOf(fault)}`}>
    <h4>
      <code>{fault.name}</code>{' '}
      <span>{fault.remaining === null ? 'until cleared' : `${fault.remaining} to come`}</span>
    </h4>
    <p class="hint">
      {[placeOf(fault), ...limitsOf(fault), `applied ${counted(fault.struck, 'time', 'times')}`].join(', ')}
    </p>
    <Outcomes outcome={outcome} />
    <ButtonForm form="clear" values={{ fault: fault.id }} label={`Clear ${fault.name} at ${fault.endpoint}`}>
      Clear
    </ButtonForm>
  </article>
);

/** The faults that will still be applied. */
export const SetFaults = ({ faults, outcomes }: Pick<ControlPage, 'faults' | 'outcomes'>): JSX.Element => {
  const waiting = faults.filter(({ remaining }) => remaining !== 0);
  if (waiting.length === 0) return <p class="muted">None is set.</p>;
  return (
    <>
      <div class="cards">
        {waiting.map((fault) => (
          <SetFault key={fault.id} fault={fault} outcome={outcomeOf(outcomes, fault.name)} />
        ))}
      </div>
      <ButtonForm form="clear" values={{}} label="Clear all faults">
        Clear all
      </ButtonForm>
    </>
  );
};

/** Every fault that there is, each with a button that sets it for the next call, and the command that does the same. */
export const FaultCatalogue = ({
  origin,
  outcomes,
}: Pick<ControlPage, 'origin' | 'outcomes'>): JSX.Element => (
  <div class="cards">
    {FAULT_NAMES.map((name) => (
      <article key={name} class="fault" aria-label={name}>
        <h4>
          <code>{name}</code>
        </h4>
        <p>{FAULTS[name].does}</p>
        <p class="hint">
          {APPLIES_TO[FAULTS[name].endpoint] ?? 'Applies to the next call of an admitted TPP.'}
        </p>
        <Outcomes outcome={outcomeOf(outcomes, name)} />
        <ButtonForm
          form="faults"
          values={{ name, times: '1', ...(name === 'slow' && { delay_ms: String(SLOW_MS) }) }}
          label={`Set once: ${name}`}
        >
          Set once
        </ButtonForm>
        <details>
          <summary>By a command</summary>
          <pre tabIndex={0}>
            <code>{commandOf(origin, name)}</code>
          </pre>
        </details>
      </article>
    ))}
  </div>
);
