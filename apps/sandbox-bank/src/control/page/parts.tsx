import type { ComponentChildren, JSX } from 'preact';
import { NOTICES, formPath, type ControlPage, type FormName } from './control-page.js';

type Outcome = Pick<ControlPage, 'done' | 'refused'>;

/** The result of a section's form, or its fault; a fault takes the focus. */
export const FormOutcome = ({
  form,
  done,
  refused,
}: Outcome & { readonly form: FormName }): JSX.Element | null => {
  if (refused?.form === form) {
    return (
      <div class="error-summary" role="alert" tabIndex={-1} autofocus>
        <p>
          <strong>There is a problem.</strong> {refused.detail}
        </p>
      </div>
    );
  }
  return done === form ? (
    <p class="notice" role="status">
      {NOTICES[form]}
    </p>
  ) : null;
};

export const Section = ({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <section id={id} aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    {children}
  </section>
);

/** A form that is one button. */
export const ButtonForm = ({
  form,
  values,
  label,
  children,
}: {
  readonly form: FormName;
  readonly values: Readonly<Record<string, string>>;
  /** The accessible name, which must make sense without the context. */
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <form method="post" action={formPath(form)}>
    {Object.entries(values).map(([name, value]) => (
      <input key={name} type="hidden" name={name} value={value} />
    ))}
    <button class="small" aria-label={label}>
      {children}
    </button>
  </form>
);

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
}

/** A table; on a narrow screen a list of cards, whose ARIA roles still make it a table for screen readers. */
export const Table = <Row,>({
  title,
  columns,
  rows,
}: {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}): JSX.Element => (
  <table role="table" aria-label={title}>
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => (
          <th key={column.title} role="columnheader" scope="col">
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      {rows.map((row, at) => (
        <tr key={at} role="row">
          {columns.map((column) => (
            <td key={column.title} role="cell" data-label={column.title}>
              {column.cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

/** In UTC, to the second. */
export const Moment = ({ at }: { readonly at: Date }): JSX.Element => {
  const [day = '', time = ''] = at.toISOString().slice(0, 19).split('T');
  return (
    <time dateTime={at.toISOString()}>
      <span class="whole">{day}</span> <span class="whole">{time}</span>
    </time>
  );
};
