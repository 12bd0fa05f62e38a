import type { ComponentChildren, JSX } from 'preact';

interface Named {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** What is wrong with what was typed in; absent: nothing. */
interface Faulty extends Named {
  readonly fault: string | undefined;
}

const idOf = (name: string): string => `f-${name}`;
const faultIdOf = (name: string): string => `${idOf(name)}-fault`;

const Labelled = ({
  name,
  label,
  fault,
  children,
}: Omit<Faulty, 'value'> & { readonly children: ComponentChildren }): JSX.Element => (
  <div>
    <label for={idOf(name)}>{label}</label>
    {children}
    {fault !== undefined && (
      <p class="fault" id={faultIdOf(name)}>
        {fault}
      </p>
    )}
  </div>
);

/** Text; the fault of it stands below, and belongs to it for screen readers. */
export const TextField = ({ name, label, value, fault }: Faulty): JSX.Element => (
  <Labelled name={name} label={label} fault={fault}>
    <input
      id={idOf(name)}
      name={name}
      value={value}
      autocomplete="off"
      aria-invalid={fault === undefined ? undefined : true}
      aria-describedby={fault === undefined ? undefined : faultIdOf(name)}
    />
  </Labelled>
);

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A moment in UTC. What cannot be one is shown as the text that it is. */
export const TimeField = (field: Faulty): JSX.Element =>
  field.fault !== undefined ? (
    <TextField {...field} />
  ) : (
    <Labelled {...field}>
      <input
        id={idOf(field.name)}
        name={field.name}
        type="datetime-local"
        value={DATE.test(field.value) ? `${field.value}T00:00` : field.value}
      />
    </Labelled>
  );

/** A day in UTC; as `TimeField` otherwise. */
export const DayField = (field: Faulty): JSX.Element =>
  field.fault !== undefined ? (
    <TextField {...field} />
  ) : (
    <Labelled {...field}>
      <input id={idOf(field.name)} name={field.name} type="date" value={field.value.slice(0, 10)} />
    </Labelled>
  );

type Option = readonly [value: string, text: string];

/** One of a few words, or any of them: each is one click away. */
export const ChoiceChips = ({
  name,
  label,
  value,
  options,
}: Named & { readonly options: readonly Option[] }): JSX.Element => (
  <fieldset>
    <legend>{label}</legend>
    <ul class="chips">
      {[['', 'any'] as const, ...options].map(([key, text]) => (
        <li key={key}>
          <label>
            <input type="radio" name={name} value={key} checked={key === value} />
            {text}
          </label>
        </li>
      ))}
    </ul>
  </fieldset>
);

const Options = ({ options, value }: { readonly options: readonly Option[]; readonly value: string }) => (
  <>
    {options.map(([key, text]) => (
      <option key={key} value={key} selected={key === value}>
        {text}
      </option>
    ))}
  </>
);

/** One of some words, or any of them. */
export const Choice = ({
  name,
  label,
  value,
  options,
}: Named & { readonly options: readonly Option[] }): JSX.Element => (
  <Labelled name={name} label={label} fault={undefined}>
    <select id={idOf(name)} name={name}>
      <option value="">any</option>
      <Options options={options} value={value} />
    </select>
  </Labelled>
);

/** One of some words, below headings where there are any. The first one is chosen where the value is none of them. */
export const Select = ({
  name,
  label,
  value,
  fault,
  groups,
}: Faulty & {
  readonly groups: readonly (readonly [heading: string | null, options: readonly Option[]])[];
}): JSX.Element => (
  <Labelled name={name} label={label} fault={fault}>
    <select
      id={idOf(name)}
      name={name}
      aria-invalid={fault === undefined ? undefined : true}
      aria-describedby={fault === undefined ? undefined : faultIdOf(name)}
    >
      {groups.map(([heading, options]) =>
        heading === null ? (
          <Options options={options} value={value} />
        ) : (
          <optgroup key={heading} label={heading}>
            <Options options={options} value={value} />
          </optgroup>
        ),
      )}
    </select>
  </Labelled>
);
