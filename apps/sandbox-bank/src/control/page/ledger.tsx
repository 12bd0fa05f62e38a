import type { JSX } from 'preact';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { LedgerTotals, LivePair } from '../../model/consents/ledger.repository.js';
import type { ControlPage } from './control-page.js';
import { ButtonForm, Moment, Section, Table, type Column } from './parts.js';

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
      Spent twice: a refresh token or code that was sent again although its answer was complete, or still
      under way. A careful probe follows an answer that was lost here, by a fault or a cut connection: the
      sender asks for the outcome. Together they are all values that were sent twice.
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

const COLUMNS: readonly Column<LivePair>[] = [
  { title: 'Customer', cell: ({ psuName }) => psuName },
  { title: 'Scope', cell: ({ scope }) => scope },
  { title: 'Client', cell: ({ brand, clientId }) => `${BRAND_NAMES[brand]} ${clientId}` },
  { title: 'Generation', cell: ({ generation }) => generation },
  { title: 'Accounts', cell: ({ ibans }) => ibans.join(', ') },
  { title: 'Access until', cell: ({ accessExpiresAt }) => <Moment at={accessExpiresAt} /> },
  { title: 'Consent until', cell: ({ consentExpiresAt }) => <Moment at={consentExpiresAt} /> },
  {
    title: 'As the customer',
    cell: ({ psuId, psuName, scope, clientId }) => (
      <ButtonForm
        form="withdrawals"
        values={{ psu: psuId, scope, client_id: clientId }}
        label={`Withdraw the ${scope} consent that ${psuName} gave to ${clientId}`}
      >
        Withdraw
      </ButtonForm>
    ),
  },
];

/** The live token pairs, without their values. */
export const Pairs = ({ pairs }: Pick<ControlPage, 'pairs'>): JSX.Element => (
  <Section id="pairs" title="Live token pairs">
    <p class="hint">One for each client, customer and scope. The newest 50, in UTC by the bank’s clock.</p>
    {pairs.length === 0 ? (
      <p class="muted">None.</p>
    ) : (
      <Table title="Live token pairs" columns={COLUMNS} rows={pairs} />
    )}
  </Section>
);
