import type { JSX } from 'preact';
import type { LedgerTotals } from '../../books/ledger.js';
import type { ControlPage } from './control-page.js';
import { Section } from './parts.js';

const COUNTS: readonly [keyof LedgerTotals, string][] = [
  ['authorizationCodeGrants', 'codes exchanged'],
  ['refreshGrants', 'refreshes'],
  ['livePairs', 'live pairs'],
  ['refreshReplays', 'refresh tokens sent twice'],
  ['codeReplays', 'codes sent twice'],
];

export const Ledger = ({ totals }: Pick<ControlPage, 'totals'>): JSX.Element => (
  <Section id="ledger" title="What the bank has seen">
    <dl class="counts">
      {COUNTS.map(([name, label]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd>{totals[name]}</dd>
        </div>
      ))}
    </dl>
  </Section>
);
