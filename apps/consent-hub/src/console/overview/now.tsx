import { isLive, type BrandFigures, type ConsentCountUpTo } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { Moment, number, plural, span, type Meaning } from '../frame/parts.js';
import { LatestEvents } from './latest-events.js';
import type { Now } from './overview.service.js';
import { PROOF_DAYS } from './proof.query.js';
import { sumUp } from './refresh-outcomes.js';
import { TileOf, type Tile } from './tile.js';

const DAY_SECONDS = 86_400;
/** As the log and the API warn. */
const CERTIFICATE_WARNING_DAYS = 30;

const BREAKER: Readonly<
  Record<BrandFigures['circuitBreaker']['status'], readonly [word: string, meaning: Meaning]>
> = {
  closed: ['closed', 'good'],
  half_open: ['half-open', 'doubt'],
  open: ['open', 'bad'],
};

const upTo = ({ count, isExact }: ConsentCountUpTo): string => `${number(count)}${isExact ? '' : '+'}`;

function Sentence({ now, brand }: { readonly now: Now; readonly brand: Brand }): JSX.Element {
  const { circuitBreaker, oldestDueAt, overdue } = now.figures.brands[brand];
  const { all, failed } = sumUp(now.figures.refreshes.filter((row) => row.brand === brand));
  const doing = circuitBreaker.pausedAt
    ? 'paused by a person'
    : circuitBreaker.status === 'closed'
      ? 'refreshing'
      : circuitBreaker.status === 'open'
        ? 'paused by the circuit breaker'
        : 'resuming, a few at a time';
  const waits = oldestDueAt ? (now.figures.asOf.getTime() - oldestDueAt.getTime()) / 1000 : 0;
  const meaning =
    circuitBreaker.status === 'open' || circuitBreaker.pausedAt
      ? 'bad'
      : circuitBreaker.status === 'half_open' || overdue > 0
        ? 'doubt'
        : 'good';
  return (
    <p class={`sentence ${meaning}`}>
      <b>{BRAND_NAMES[brand]}</b>: {doing};{' '}
      {all === 0
        ? 'no refresh in 24 h'
        : `${number(failed)} of ${plural(all, 'refresh', 'refreshes')} failed in 24 h`}
      ; {oldestDueAt ? `the pair that waits longest has waited ${span(waits)}` : 'no pair waits'}.
    </p>
  );
}

const sumOf = (now: Now, key: 'due' | 'overdue' | 'inDoubt'): number =>
  BRANDS.reduce((sum, brand) => sum + now.figures.brands[brand][key], 0);

const perBrandNote = (of: (brand: Brand) => ComponentChildren): ComponentChildren =>
  BRANDS.map((brand) => (
    <span key={brand}>
      {brand === BRANDS[0] ? '' : ' · '}
      {BRAND_NAMES[brand]} {of(brand)}
    </span>
  ));

function consentTiles(now: Now, base: string): Tile[] {
  const live = (brand?: Brand) =>
    now.figures.consents
      .filter((row) => isLive(row.state) && (brand === undefined || row.brand === brand))
      .reduce((sum, { count }) => sum + count, 0);
  const [overdue, inDoubt] = [sumOf(now, 'overdue'), sumOf(now, 'inDoubt')];
  return [
    {
      name: 'Live',
      figure: number(live()),
      note: perBrandNote((brand) => number(live(brand))),
      href: `${base}/console/consents?state=active&state=refreshed`,
    },
    {
      name: 'Attention',
      figure: upTo(now.attention.all),
      note: now.attention.all.count === 0 ? 'nothing to look at' : 'by cause, with what to do',
      meaning: now.attention.all.count > 0 ? 'doubt' : 'good',
      href: `${base}/console/attention`,
    },
    { name: 'Due', figure: number(sumOf(now, 'due')), note: 'refreshes whose time has come' },
    {
      name: 'Overdue',
      figure: number(overdue),
      note: 'due for more than a minute',
      meaning: overdue > 0 ? 'doubt' : undefined,
    },
    {
      name: 'In doubt',
      figure: number(inDoubt),
      note: 'answers of the bank lost, probed soon',
      meaning: inDoubt > 0 ? 'doubt' : undefined,
      href: `${base}/console/consents?attention=in_doubt`,
    },
  ];
}

const breakerOf = (now: Now, brand: Brand): (typeof BREAKER)['open'] => {
  const { status, pausedAt } = now.figures.brands[brand].circuitBreaker;
  return pausedAt ? ['paused', 'bad'] : BREAKER[status];
};

function hubTiles(now: Now, base: string): Tile[] {
  const { condition } = now;
  const breakers = BRANDS.map((brand) => breakerOf(now, brand));
  const [word, meaning] =
    breakers.find(([, each]) => each === 'bad') ??
    breakers.find(([, each]) => each === 'doubt') ??
    BREAKER.closed;
  const days = condition.certificates.map(({ brand, secondsLeft }) => ({
    brand,
    days: Math.floor(secondsLeft / DAY_SECONDS),
  }));
  const fewest = days.reduce<number | null>((least, { days: left }) => Math.min(least ?? left, left), null);
  const { spool, vaultKey, pairsOfUnknownKeys } = condition;
  return [
    {
      name: 'Circuit breaker',
      figure: word,
      isWord: true,
      meaning,
      note: perBrandNote((brand) => breakerOf(now, brand)[0]),
      href: `${base}/console/banks`,
    },
    {
      name: 'Certificates',
      figure: fewest === null ? 'none' : `${number(fewest)} d`,
      isWord: fewest === null,
      note:
        days.length === 0
          ? 'this hub shows none'
          : days.map(({ brand, days: left }) => `${BRAND_NAMES[brand]} ${left} d`).join(' · '),
      meaning: fewest !== null && fewest < CERTIFICATE_WARNING_DAYS ? 'bad' : undefined,
      href: `${base}/console/security#certificates`,
    },
    {
      name: 'Vault key',
      figure: <span class="mono">{vaultKey.id}</span>,
      isWord: true,
      note:
        pairsOfUnknownKeys > 0 ? (
          <b class="bad">{plural(pairsOfUnknownKeys, 'pair')} of unknown keys</b>
        ) : vaultKey.since ? (
          <>
            seals since <Moment at={vaultKey.since} />
          </>
        ) : (
          'of HUB_VAULT_KEYS'
        ),
      href: `${base}/console/security#keys`,
    },
    {
      name: 'Spool of this hub',
      figure: spool.isWritable ? 'writable' : 'not writable',
      isWord: true,
      meaning: spool.isWritable ? 'good' : 'bad',
      note: `${plural(spool.files, 'file')}, ${plural(spool.unsettledAnswers, 'answer')} not stored yet`,
    },
    {
      name: 'Hubs at work',
      figure: number(condition.livingHubs),
      note: condition.isDuplicate ? <b class="bad">two under one name</b> : 'on this database',
      meaning: condition.isDuplicate ? 'bad' : undefined,
      href: `${base}/console/instances`,
    },
  ];
}

/** What shows that the hub keeps its promise: of all hubs, from the journal and from what was added up. */
const proofTiles = ({ proof }: Now): Tile[] => [
  {
    name: 'Double spends',
    figure: number(proof.doubleSpends),
    note: `calls in ${PROOF_DAYS} days that spent a pair whose successor was stored, by the journal`,
    meaning: proof.doubleSpends > 0 ? 'bad' : 'good',
  },
  {
    name: `Pairs lost in ${PROOF_DAYS} days`,
    figure: number(proof.pairsLost),
    note: 'refreshes after which a consent was lost',
    meaning: proof.pairsLost > 0 ? 'bad' : 'good',
  },
  {
    name: 'Answers recovered',
    figure: number(proof.answersRecovered),
    note: `settled from a spool in ${PROOF_DAYS} days, after a crash or an outage of the database`,
  },
];

/** The sentences and tiles of the overview, the same for every viewer. */
export const NowSection = ({ now, base }: { readonly now: Now; readonly base: string }): JSX.Element => (
  <>
    <div class="sentences">
      {BRANDS.map((brand) => (
        <Sentence key={brand} now={now} brand={brand} />
      ))}
    </div>
    <ul class="tiles">
      {[...consentTiles(now, base), ...hubTiles(now, base)].map((tile) => (
        <TileOf key={tile.name} {...tile} />
      ))}
    </ul>
    <ul class="tiles proof">
      {proofTiles(now).map((tile) => (
        <TileOf key={tile.name} {...tile} />
      ))}
    </ul>
    <p class="foot">
      Figures as of <Moment at={now.figures.asOf} exactly />
    </p>
  </>
);

/** The parts of the overview that are kept current; each takes the place of what the page has of the same name. */
export const renderNow = (now: Now, base: string): string =>
  renderToString(
    <>
      <div data-part="now">
        <NowSection now={now} base={base} />
      </div>
      <div data-part="events">
        <LatestEvents events={now.events} base={base} />
      </div>
    </>,
  );
