import type { JSX } from 'preact';
import { BRAND_NAMES, BRANDS, GRANT_TYPES } from '@consent-hub/psd2-protocol';
import { MACHINE_ENDPOINTS } from '../../model/faults/fault-endpoints.js';
import { ANY_ENDPOINT, CALLBACK, FAULT_NAMES } from '../../model/faults/faults.js';
import { formPath, type ControlPage, type RefusedForm } from './control-page.js';
import { FaultCatalogue, SetFaults } from './fault-cards.js';
import { FormOutcome, Section } from './parts.js';

export const Faults = (
  page: Pick<ControlPage, 'origin' | 'faults' | 'outcomes' | 'done' | 'refused'>,
): JSX.Element => (
  <Section id="faults" title="Faults">
    <FormOutcome form="faults" {...page} />
    <FormOutcome form="clear" {...page} />
    <h3>Faults that are set</h3>
    <div id="set-faults" data-live>
      <SetFaults {...page} />
    </div>
    <h3>Set a fault for the next call</h3>
    <p class="hint">
      It applies to calls of TPPs that the bank has admitted. &ldquo;Actual&rdquo; is what the bank itself has
      counted.
    </p>
    <div id="catalogue" data-live>
      <FaultCatalogue {...page} />
    </div>
    <h3>Set a fault with all its choices</h3>
    <FaultForm refused={page.refused?.form === 'faults' ? page.refused : null} />
  </Section>
);

const FaultForm = ({ refused }: { readonly refused: RefusedForm | null }): JSX.Element => {
  const field = fieldsOf(refused);
  return (
    <form method="post" action={formPath('faults')} class="fields">
      <Select {...field('name')} label="Fault" options={FAULT_NAMES.map((name) => [name, name])} />
      <Select
        {...field('endpoint')}
        label="Where"
        empty="its default endpoint"
        options={[
          [ANY_ENDPOINT, 'every machine endpoint'],
          ...MACHINE_ENDPOINTS.map((each): [string, string] => [each, each]),
          [CALLBACK, `${CALLBACK} (the return of the browser)`],
        ]}
      />
      <Field {...field('times')} label="How often" hint="Empty: until cleared" isNumber />
      <Field {...field('delay_ms')} label="Delay in milliseconds" hint="5000 for slow" isNumber />
      <Select
        {...field('brand')}
        label="Bank"
        empty="all"
        options={BRANDS.map((brand) => [brand, BRAND_NAMES[brand]])}
      />
      <Select
        {...field('grant_type')}
        label="Grant"
        empty="exchanges and refreshes"
        options={GRANT_TYPES.map((each) => [each, each])}
      />
      <Field {...field('field')} label="Missing field" hint="Empty: the first" />
      <button class="primary">Set the fault</button>
    </form>
  );
};

interface FieldFacts {
  readonly name: string;
  readonly value: string;
  readonly fault: string | undefined;
}

const fieldsOf =
  (refused: RefusedForm | null) =>
  (name: string): FieldFacts => {
    const value = refused?.values[name];
    return {
      name,
      value: typeof value === 'string' || typeof value === 'number' ? String(value) : '',
      fault: refused?.errors.find(({ field }) => field === name)?.detail,
    };
  };

const idOf = (name: string): string => `fault-${name.replace('_', '-')}`;

const attributesOf = ({ name, fault }: FieldFacts) => ({
  id: idOf(name),
  name,
  ...(fault !== undefined && { 'aria-invalid': 'true' as const, 'aria-describedby': `${idOf(name)}-error` }),
});

const FieldError = ({ name, fault }: FieldFacts): JSX.Element | null =>
  fault === undefined ? null : (
    <p class="field-error" id={`${idOf(name)}-error`}>
      <span class="unseen">Error: </span>
      {fault}
    </p>
  );

const Field = ({
  label,
  hint,
  isNumber = false,
  ...facts
}: FieldFacts & {
  readonly label: string;
  readonly hint: string;
  readonly isNumber?: boolean;
}): JSX.Element => (
  <div class="field">
    <label for={idOf(facts.name)}>
      {label} <span class="hint">{hint}</span>
    </label>
    <input
      {...attributesOf(facts)}
      value={facts.value}
      inputMode={isNumber ? 'numeric' : 'text'}
      autocomplete="off"
    />
    <FieldError {...facts} />
  </div>
);

const Select = ({
  label,
  empty,
  options,
  ...facts
}: FieldFacts & {
  readonly label: string;
  readonly empty?: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}): JSX.Element => (
  <div class="field">
    <label for={idOf(facts.name)}>{label}</label>
    <select {...attributesOf(facts)}>
      {empty !== undefined && <option value="">{empty}</option>}
      {options.map(([value, text]) => (
        <option key={value} value={value} selected={value === facts.value}>
          {text}
        </option>
      ))}
    </select>
    <FieldError {...facts} />
  </div>
);
