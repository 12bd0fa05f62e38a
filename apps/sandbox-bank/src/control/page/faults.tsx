import type { JSX } from 'preact';
import { BRAND_NAMES, BRANDS, GRANT_TYPES } from '@consent-hub/psd2-protocol';
import type { Fault } from '../../model/faults/fault.repository.js';
import { MACHINE_ENDPOINTS } from '../../model/faults/fault-endpoints.js';
import { ANY_ENDPOINT, CALLBACK, FAULT_NAMES } from '../../model/faults/faults.js';
import { formPath, type ControlPage, type RefusedForm } from './control-page.js';
import { ButtonForm, FormOutcome, Section, Table, type Column } from './parts.js';

const COLUMNS: readonly Column<Fault>[] = [
  { title: 'Fault', cell: ({ name }) => <code>{name}</code> },
  {
    title: 'Where',
    cell: ({ endpoint }) => (endpoint === ANY_ENDPOINT ? 'every machine endpoint' : endpoint),
  },
  { title: 'Only', cell: (fault) => limitsOf(fault).join(', ') || '–' },
  { title: 'Remaining', cell: ({ remaining }) => (remaining === null ? 'until cleared' : remaining) },
  { title: 'Applied', cell: ({ struck }) => struck },
  {
    title: 'End it',
    cell: ({ id, name, endpoint }) => (
      <ButtonForm form="clear" values={{ fault: id }} label={`Clear ${name} at ${endpoint}`}>
        Clear
      </ButtonForm>
    ),
  },
];

const limitsOf = ({ brand, grantType, delayMs, field }: Fault): string[] => [
  ...(brand === null ? [] : [BRAND_NAMES[brand]]),
  ...(grantType === null ? [] : [grantType]),
  ...(delayMs === null ? [] : [`after ${delayMs} ms`]),
  ...(field === null ? [] : [`field ${field}`]),
];

export const Faults = (page: Pick<ControlPage, 'faults' | 'done' | 'refused'>): JSX.Element => (
  <Section id="faults" title="Faults">
    <FormOutcome form="faults" {...page} />
    <FormOutcome form="clear" {...page} />
    {page.faults.length === 0 ? (
      <p class="muted">None is set.</p>
    ) : (
      <>
        <Table title="Faults that are set" columns={COLUMNS} rows={page.faults} />
        <ButtonForm form="clear" values={{}} label="Clear all faults">
          Clear all
        </ButtonForm>
      </>
    )}
    <h3>Set a fault</h3>
    <p class="hint">
      It applies to the calls of TPPs that the bank has admitted. <a href="#demonstrations">What each does</a>
    </p>
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
