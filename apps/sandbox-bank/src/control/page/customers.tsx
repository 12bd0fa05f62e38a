import type { JSX } from 'preact';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { CustomerBody } from '../customers.service.js';
import type { ControlPage } from './control-page.js';
import { ButtonForm, FormOutcome, Section, Table, type Column } from './parts.js';

const COLUMNS: readonly Column<CustomerBody>[] = [
  {
    title: 'Customer',
    cell: ({ id, name }) => (
      <>
        {name} <code>{id}</code>
      </>
    ),
  },
  { title: 'Bank', cell: ({ brand }) => BRAND_NAMES[brand] },
  { title: 'Accounts', cell: ({ accounts }) => <Accounts accounts={accounts} /> },
  {
    title: 'As the customer',
    cell: ({ id, name }) => (
      <ButtonForm form="withdrawals" values={{ psu: id }} label={`Withdraw all consents of ${name}`}>
        Withdraw all
      </ButtonForm>
    ),
  },
];

const Accounts = ({ accounts }: Pick<CustomerBody, 'accounts'>): JSX.Element =>
  accounts.length === 0 ? (
    <span class="muted">none</span>
  ) : (
    <ul class="plain">
      {accounts.map(({ iban, label, balance, currency, eligible }) => (
        <li key={iban} class={eligible ? undefined : 'muted'}>
          <span class="iban">{iban}</span> {label}, {balance} {currency}
          {eligible ? '' : ' (not open to TPPs)'}
        </li>
      ))}
    </ul>
  );

export const Customers = (page: Pick<ControlPage, 'customers' | 'done' | 'refused'>): JSX.Element => (
  <Section id="withdrawals" title="Customers">
    <FormOutcome form="withdrawals" {...page} />
    <p class="hint">
      The customers whom you play on the bank’s pages, or with <code>POST /sandbox/authorizations</code>.
    </p>
    <Table title="Customers" columns={COLUMNS} rows={page.customers} />
  </Section>
);
