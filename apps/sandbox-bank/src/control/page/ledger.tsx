import type { JSX } from 'preact';
import type { LedgerTotals } from '../../model/consents/ledger.repository.js';
import type { ControlPage } from './control-page.js';
import { Section } from './parts.js';

const COUNTS: readonly [keyof LedgerTotals, string][] = [
  ['doubleSpends', 'spent twice'],
  ['probesAfterLostAnswer', 'careful probes after a lost answer'],
  ['authorizationCodeGrants', 'codes exchanged'],
  ['refreshGrants', 'refreshes'],
  ['livePairs', 'live pairs'],
  ['refreshReplays', 'refresh tokens sent twice'],
  ['codeReplays', 'codes sent twice'],
];

export const Ledger = ({ totals }: Pick<ControlPage, 'totals'>): JSX.Element => (
  <Section id="ledger" title="What the bank has seen">
    <p>
      Spent twice: a refresh token or code that came again although its answer had left the bank whole, or was
      still on its way. A careful probe comes after an answer that a fault or a cut connection has spoilt
      here: the sender asks what became of it. Together they are all that was sent twice.
    </p>
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
