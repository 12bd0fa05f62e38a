import type { LatencyCount } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { FailedRequestCount, FailedRequests } from '@consent-hub/token-grant';
import type { ComponentChildren, JSX } from 'preact';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Moment, number, Table } from '../frame/parts.js';
import { renderActionForm } from '../frame/action-form.page.js';
import type { SentReason } from '../frame/reason-field.js';
import { LatencyPlot } from '../overview/latency-plot.js';
import { Key } from '../overview/plot-card.js';
import { BarPlot } from '../overview/plots.js';
import { BANK_ACTIONS, type BankActionName } from './bank-actions.js';
import { BANK_RANGES, type BankRange, type Banks, type BankStanding } from './banks.service.js';
import { Breaker } from './breaker.js';
import { FAILURE_ORDER, FAILURE_WORDS } from './failure-words.js';

const HOUR_MS = 3_600_000;
const RANGE_NAMES: Readonly<Record<BankRange, string>> = { '24h': '24 hours', '7d': '7 days' };

interface BanksPage {
  readonly banks: Banks;
  readonly failures: FailedRequests;
  readonly latencies: readonly LatencyCount[];
  readonly range: BankRange;
  /** What was just done, and where. */
  readonly done: { readonly name: BankActionName; readonly brand: Brand } | null;
}

const sumOf = (counts: readonly FailedRequestCount[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

const hourText = (at: Date): string => `${at.toISOString().slice(5, 10)} ${at.toISOString().slice(11, 16)}`;

/** A bar for every hour of the range. */
function barsOf(counts: readonly FailedRequestCount[], range: BankRange, asOf: Date) {
  const last = Math.floor(asOf.getTime() / HOUR_MS);
  return Array.from({ length: BANK_RANGES[range] }, (_, at) => {
    const hour = new Date((last - BANK_RANGES[range] + 1 + at) * HOUR_MS);
    const ofHour = counts.filter((one) => one.hour.getTime() === hour.getTime());
    const parts = FAILURE_ORDER.map((status) => ({
      meaning: FAILURE_WORDS[status].meaning,
      value: sumOf(ofHour.filter((one) => one.status === status)),
    }));
    const codes = ofHour.map(({ code, count }) => `${number(count)} × ${code}`);
    return {
      title: `${hourText(hour)} UTC: ${codes.length > 0 ? codes.join(', ') : 'none'}`,
      parts,
      at: hour,
    };
  });
}

/** One row for each code, the most frequent first. */
function rowsOf(counts: readonly FailedRequestCount[]): ComponentChildren[][] {
  const groups = new Map<string, FailedRequestCount[]>();
  for (const one of counts) {
    const key = `${one.status} ${one.code}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .sort((one, other) => sumOf(other) - sumOf(one))
    .map((group) => {
      const [{ code, status } = { code: '–', status: 'not_sent' as const }] = group;
      const first = group.at(0)?.hour;
      const last = group.at(-1)?.hour;
      return [
        <span key="code" class="mono">
          {code}
        </span>,
        FAILURE_WORDS[status].text,
        number(sumOf(group)),
        first ? hourText(first) : '–',
        last ? hourText(last) : '–',
      ];
    });
}

interface FailuresOf {
  readonly brand: Brand;
  readonly page: BanksPage;
}

function Failures({ brand, page: { failures, range, banks } }: FailuresOf): JSX.Element {
  const counts = failures.counts.filter((one) => one.brand === brand);
  const all = sumOf(counts);
  const bars = barsOf(counts, range, banks.asOf);
  const ticks = [0, 1, 2, 3, 4]
    .map((part) => bars[Math.round((part * (bars.length - 1)) / 4)]?.at ?? banks.asOf)
    .map((at) => (range === '24h' ? at.toISOString().slice(11, 16) : at.toISOString().slice(5, 10)));
  return (
    <section class="card" aria-labelledby={`failures-${brand}`}>
      <h2 id={`failures-${brand}`}>Calls of {BRAND_NAMES[brand]} that brought no tokens</h2>
      {all === 0 ? (
        <p class="soft">
          None in {RANGE_NAMES[range]}. Codes of the bank show here when it refuses, or an answer is lost.
        </p>
      ) : (
        <>
          <BarPlot
            label={`Calls without tokens per hour at ${BRAND_NAMES[brand]}, ${number(all)} in all; the table below holds the codes`}
            bars={bars}
            ticks={ticks}
          />
          <Key entries={[...FAILURE_ORDER].reverse().map((status) => FAILURE_WORDS[status])} />
          <Table
            caption={`Codes of ${BRAND_NAMES[brand]}, the most frequent first`}
            headings={['Code', 'What happened', '#Calls', 'First hour (UTC)', 'Last hour (UTC)']}
            rows={rowsOf(counts)}
          />
        </>
      )}
    </section>
  );
}

const OPEN_WORDS = {
  sent: 'waits for the answer',
  in_doubt: 'answer lost, is probed next',
  received: 'answer kept, cannot be read',
} as const;

function InFlight({
  context,
  standing: { brand, open },
}: {
  readonly context: PageContext;
  readonly standing: BankStanding;
}): JSX.Element {
  const all = open[0]?.ofBrand ?? 0;
  return (
    <section class="card" aria-labelledby={`flight-${brand}`}>
      <div class="plot-head">
        <h2 id={`flight-${brand}`}>Calls of {BRAND_NAMES[brand]} in flight</h2>
        <Badge meaning={open.some(({ isOverdue }) => isOverdue) ? 'doubt' : 'wait'}>{number(all)}</Badge>
      </div>
      {all === 0 ? (
        <p class="soft">None: every call has ended. Calls show here from the moment they are written down.</p>
      ) : (
        <Table
          caption={`Calls of ${BRAND_NAMES[brand]} that have not ended, the oldest first${all > open.length ? `: ${open.length} of ${number(all)}` : ''}`}
          headings={['Sent', 'State', 'For', 'Consent', 'Request-ID at the bank']}
          rows={open.map((call) => [
            <Moment key="sent" at={call.sentAt} />,
            call.status === 'sent' && call.isOverdue
              ? 'its time has passed, is taken up next'
              : OPEN_WORDS[call.status as keyof typeof OPEN_WORDS],
            call.grantType === 'refresh_token' ? 'refresh' : 'exchange of a code',
            <a key="consent" class="mono" href={`${context.base}/console/consents/${call.consentId}`}>
              …{call.consentId.slice(-12)}
            </a>,
            <span key="request" class="mono">
              {call.requestId}
            </span>,
          ])}
        />
      )}
    </section>
  );
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'hub.refreshes_paused': 'paused',
  'hub.refreshes_resumed': 'resumed',
};

function Pauses({ banks: { standings } }: { readonly banks: Banks }): JSX.Element {
  const all = standings
    .flatMap(({ brand, pauses }) => pauses.map((pause) => ({ brand, ...pause })))
    .sort((one, other) => other.at.getTime() - one.at.getTime());
  return (
    <section class="card" aria-labelledby="pauses">
      <h2 id="pauses">Pauses so far</h2>
      {all.length === 0 ? (
        <p class="soft">
          Refreshes were never paused. Who pauses and resumes them, or that the circuit breaker did, stands
          here.
        </p>
      ) : (
        <Table
          caption="Pauses and resumptions, the latest first"
          headings={['When', 'Bank', 'What', 'Who', 'Why']}
          rows={all.map(({ brand, at, type, data, why }) => [
            <Moment key="at" at={at} exactly />,
            BRAND_NAMES[brand],
            EVENT_WORDS[type],
            typeof data['actor'] === 'string' ? data['actor'].replace(/^admin:/, '') : 'circuit breaker',
            <span key="why" class="wrap">
              {why ?? automaticReason(data)}
            </span>,
          ])}
        />
      )}
    </section>
  );
}

const automaticReason = (data: BankStanding['pauses'][number]['data']): string =>
  data['reason'] === 'refreshes_failed'
    ? `${String(data['failures'])} of the last ${String(data['window'])} failed`
    : data['reason'] === 'refreshes_succeeded'
      ? 'refreshes bring pairs again'
      : String(data['reason']);

const Ranges = ({
  context,
  range,
}: {
  readonly context: PageContext;
  readonly range: BankRange;
}): JSX.Element => (
  <ul class="chips" aria-label="Time of the failures">
    {(Object.keys(BANK_RANGES) as BankRange[]).map((name) => (
      <li key={name}>
        <a
          class="chip"
          href={`${context.base}/console/banks?range=${name}`}
          aria-current={name === range ? 'true' : undefined}
        >
          {RANGE_NAMES[name]}
        </a>
      </li>
    ))}
  </ul>
);

export const renderBanks = (context: PageContext, page: BanksPage): string =>
  renderFrame({
    context,
    title: 'Banks',
    page: 'banks',
    asOf: page.banks.asOf,
    children: (
      <>
        {page.done && (
          <p class="notice" role="status">
            {BRAND_NAMES[page.done.brand]}: {BANK_ACTIONS[page.done.name].done}
          </p>
        )}
        <div class="plots">
          {page.banks.standings.map((standing) => (
            <Breaker key={standing.brand} context={context} standing={standing} />
          ))}
        </div>
        <div class="bar section">
          <p class="soft">
            {page.failures.isComplete
              ? 'Calls of POST /token that failed, by hour and code of the bank.'
              : 'There are more failures than are counted here: the oldest are left out.'}
          </p>
          <Ranges context={context} range={page.range} />
        </div>
        <div class="plots">
          {BRANDS.map((brand) => (
            <Failures key={brand} brand={brand} page={page} />
          ))}
        </div>
        <div class="plots section">
          {page.banks.standings.map((standing) => (
            <InFlight key={standing.brand} context={context} standing={standing} />
          ))}
        </div>
        <div class="section">
          <LatencyPlot latencies={page.latencies} range={page.range} asOf={page.banks.asOf} />
        </div>
        <div class="section">
          <Pauses banks={page.banks} />
        </div>
      </>
    ),
  });

/** Asks for a reason before refreshes are paused or resumed. */
export function renderBankAction(
  context: PageContext,
  { name, brand, sent }: { readonly name: BankActionName; readonly brand: Brand; readonly sent?: SentReason },
): string {
  const { title, text, button } = BANK_ACTIONS[name];
  return renderActionForm(context, {
    ...{ title, button, sent },
    action: `/console/banks/${brand}/${name}`,
    cancel: '/console/banks',
    children: (
      <>
        <p>
          At <b>{BRAND_NAMES[brand]}</b>
        </p>
        <p>{text}</p>
      </>
    ),
  });
}
