import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import type { PageContext } from '../frame/frame.js';
import { Badge, Moment, number, Table } from '../frame/parts.js';
import type { BankStanding } from './banks.service.js';
import { countedOf, whyOf, wordOf } from './breaker-words.js';
import { FAILURE_WORDS } from './failure-words.js';

interface OfBank {
  readonly context: PageContext;
  readonly standing: BankStanding;
}

const STEP = 14;
const SIZE = 10;
/** So many results are shown at most, those that the circuit breaker counts. */
const MOST_DOTS = 20;

/** Good ones are round and what counts against the bank is square, so that the colour does not say it alone. */
const Dot = ({ at, isGood }: { readonly at: number; readonly isGood: boolean }): JSX.Element =>
  isGood ? (
    <circle class="f-good" cx={at * STEP + SIZE / 2} cy={SIZE / 2} r={SIZE / 2} />
  ) : (
    <rect class="f-bad" x={at * STEP} y={0} width={SIZE} height={SIZE} rx={1} />
  );

/** The last results, oldest first, with the same as a table. */
function Results({ context, standing: { brand, breaker, causes } }: OfBank): JSX.Element {
  const shown = breaker.results.slice(-MOST_DOTS);
  if (shown.length === 0)
    return <p class="soft">No result of a scheduled refresh is known yet: they show here as they come.</p>;
  const counted = countedOf({ results: shown }).length;
  const label = `The last ${shown.length} results at ${BRAND_NAMES[brand]}, oldest first: ${shown.length - counted} good, ${counted} that count against the bank; the table below holds them`;
  const rows = [...shown].reverse().map((consentId, at): ComponentChildren[] => {
    const cause = consentId === null ? undefined : causes.get(consentId);
    return [
      number(at + 1),
      consentId === null ? 'good' : cause ? FAILURE_WORDS[cause.status].text : 'counts against the bank',
      cause?.code ?? '–',
      cause ? <Moment at={cause.sentAt} exactly /> : '–',
      consentId === null ? (
        '–'
      ) : (
        <a class="mono" href={`${context.base}/console/consents/${consentId}`}>
          …{consentId.slice(-12)}
        </a>
      ),
    ];
  });
  return (
    <div>
      <svg
        class="dots"
        viewBox={`0 0 ${shown.length * STEP - (STEP - SIZE)} ${SIZE}`}
        width={shown.length * STEP - (STEP - SIZE)}
        height={SIZE}
        role="img"
        aria-label={label}
      >
        {shown.map((consentId, at) => (
          <Dot key={at} at={at} isGood={consentId === null} />
        ))}
      </svg>
      <details>
        <summary>The last {shown.length} results as a table</summary>
        <div class="rows" tabIndex={0} role="region" aria-label={`Results at ${BRAND_NAMES[brand]}`}>
          <Table
            caption={`Last results at ${BRAND_NAMES[brand]}, latest first`}
            headings={['#', 'Result', 'Code of its last failure', 'At', 'Consent']}
            rows={rows}
          />
        </div>
      </details>
    </div>
  );
}

function Canary({ standing: { breaker } }: Pick<OfBank, 'standing'>): JSX.Element | null {
  if (breaker.status !== 'open') return null;
  const { nextCanaryAt, canaryFailures } = breaker;
  const isDue = nextCanaryAt !== null && nextCanaryAt.getTime() <= Date.now();
  return (
    <>
      <dt>Next canary</dt>
      <dd>
        {nextCanaryAt === null ? (
          'under way: a single refresh finds out whether the bank is well'
        ) : isDue ? (
          <>goes with the next due refresh</>
        ) : (
          <b>
            <Moment at={nextCanaryAt} />
          </b>
        )}
        {canaryFailures > 0 && (
          <span class="soft"> · {number(canaryFailures)} failed, each doubled the wait</span>
        )}
      </dd>
    </>
  );
}

function Pause({ standing: { breaker, pauses } }: Pick<OfBank, 'standing'>): JSX.Element | null {
  if (!breaker.pausedAt) return null;
  const why = pauses.find(({ data }) => data['reason'] === 'paused_by_admin')?.why;
  return (
    <>
      <dt>Paused by</dt>
      <dd>
        <b>{breaker.pausedBy?.replace(/^admin:/, '')}</b>, <Moment at={breaker.pausedAt} />
        {why !== undefined && why !== null && <>: “{why}”</>}
      </dd>
    </>
  );
}

function Actions({ context, standing: { brand, breaker } }: OfBank): JSX.Element | null {
  if (!mayActAs(context.session, 'operator')) return null;
  const address = `${context.base}/console/banks/${brand}`;
  const stops = breaker.pausedAt !== null || breaker.status === 'open';
  return (
    <p class="actions">
      {stops && (
        <a class="button" href={`${address}/resume`}>
          Resume {BRAND_NAMES[brand]}…
        </a>
      )}
      {!breaker.pausedAt && (
        <a class="button quiet" href={`${address}/pause`}>
          Pause {BRAND_NAMES[brand]}…
        </a>
      )}
    </p>
  );
}

/** Whether scheduled refreshes run, why, and what a person can do. */
export function Breaker({ context, standing }: OfBank): JSX.Element {
  const { brand, breaker, causes } = standing;
  const [word, meaning] = wordOf(breaker);
  return (
    <section class="card stack" aria-labelledby={`breaker-${brand}`}>
      <div class="plot-head">
        <h2 id={`breaker-${brand}`}>{BRAND_NAMES[brand]}</h2>
        <Badge meaning={meaning}>{word}</Badge>
      </div>
      <Results context={context} standing={standing} />
      <dl class="facts">
        <Pause standing={standing} />
        <dt>Circuit breaker</dt>
        <dd>
          {breaker.status === 'half_open' ? 'half-open' : breaker.status} since <Moment at={breaker.since} />
        </dd>
        <dt>Why</dt>
        <dd>{whyOf(breaker, causes)}</dd>
        <Canary standing={standing} />
        <dt>Under way</dt>
        <dd>
          {number(breaker.underWay)} scheduled {breaker.underWay === 1 ? 'refresh' : 'refreshes'}
        </dd>
      </dl>
      <Actions context={context} standing={standing} />
    </section>
  );
}
