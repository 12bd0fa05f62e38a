import type { JSX } from 'preact';
import type { AssumptionBody } from '../assumptions.service.js';
import type { ControlPage } from './control-page.js';
import { Section, Table, type Column } from './parts.js';

const COLUMNS: readonly Column<AssumptionBody>[] = [
  { title: 'Name', cell: ({ name }) => <code>{name}</code> },
  {
    title: 'Chosen',
    cell: ({ chosen, choices }) =>
      chosen === choices[0] ? chosen : <strong>{`${chosen} (set for this bank)`}</strong>,
  },
  { title: 'Instead', cell: ({ chosen, choices }) => choices.filter((each) => each !== chosen).join(', ') },
];

export const Assumptions = ({
  assumptions: { contract, items },
}: Pick<ControlPage, 'assumptions'>): JSX.Element => (
  <Section id="assumptions" title="Where the bank’s pages leave it open">
    <p class="hint">
      Set at the start by <code>SANDBOX_ASSUMPTIONS=name=choice,…</code>. Versions of the bank’s API:{' '}
      {contract === 'all' ? 'every one that was ever recorded' : 'those that are live today'} (
      <code>SANDBOX_CONTRACT={contract}</code>).
    </p>
    <Table title="Assumptions" columns={COLUMNS} rows={items} />
  </Section>
);
