import type { JSX } from 'preact';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { LedgerTotals, LivePair } from '../../model/consents/ledger.repository.js';
import type { ControlPage } from './control-page.js';
import { ButtonForm, Moment, Section, Table, type Column } from './parts.js';

const COUNTS: readonly [keyof LedgerTotals, string][] = [
  ['authorizationCodeGrants', 'codes exchanged'],
  ['refreshGrants', 'refreshes'],
  ['livePairs', 'live pairs'],
  ['refreshReplays', 'refresh tokens sent twice'],
  ['codeReplays', 'codes sent twice'],
];

/** The one sentence that matters, from what the bank itself has counted. */
const Verdict = ({ totals, outcomes }: Pick<ControlPage, 'totals' | 'outcomes'>): JSX.Element => {
  const faults = outcomes.reduce((sum, { strikes }) => sum + strikes, 0);
  const { doubleSpends, probesAfterLostAnswer: probes } = totals;
  return (
    <div id="verdict" data-live class={doubleSpends === 0 ? 'good' : 'bad'}>
      <p class="headline">
        {doubleSpends} double {doubleSpends === 1 ? 'spend' : 'spends'} in {faults}{' '}
        {faults === 1 ? 'fault' : 'faults'}
      </p>
      <p class="hint">
        {probes} careful {probes === 1 ? 'probe' : 'probes'} after a lost answer, counted apart
      </p>
    </div>
  );
};

export const Ledger = (page: Pick<ControlPage, 'totals' | 'outcomes'>): JSX.Element => (
  <Section id="ledger" title="What the bank has seen">
    <Verdict {...page} />
    <dl class="counts" id="counts" data-live>
      {COUNTS.map(([name, label]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd>{page.totals[name]}</dd>
        </div>
      ))}
    </dl>
    <p class="hint">
      Double spend: a refresh token or code that was sent again although its answer was complete, or still
      under way. A careful probe follows an answer that was lost here, by a fault or a cut connection: the
      sender asks for the outcome. Together they are all values that were sent twice.
    </p>
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
    <div id="live-pairs" data-live>
      {pairs.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <Table title="Live token pairs" columns={COLUMNS} rows={pairs} />
      )}
    </div>
  </Section>
);
