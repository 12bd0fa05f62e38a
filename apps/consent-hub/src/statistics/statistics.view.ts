import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_STATES, isLive, type BrandFigures, type Figures } from '@consent-hub/consent';
import { BRANDS, EXAMPLE_BRAND, perBrand, SCOPES, type Brand } from '@consent-hub/psd2-protocol';
import { ApiPropertyPerBrand } from '../http-api/api-property-per-brand.js';

type Counts = Record<string, number>;

const counts = (description: string, example: Counts) => ({
  type: 'object' as const,
  additionalProperties: { type: 'integer' as const },
  description,
  example,
});
const moment = { type: String, format: 'date-time', nullable: true } as const;

class ConsentCountView {
  @ApiProperty({ enum: BRANDS })
  brand: string;

  @ApiProperty({ enum: SCOPES })
  scope: string;

  @ApiProperty({ enum: CONSENT_STATES })
  state: string;

  @ApiProperty({ type: 'integer' })
  count: number;
}

class ConsentCountsView {
  @ApiProperty({ type: 'integer' })
  total: number;

  @ApiProperty({ type: 'integer', description: '`active` or `refreshed`: with a pair that works' })
  live: number;

  @ApiProperty(counts('Every state, also those that no consent is in', { initiated: 3, refreshed: 120 }))
  by_state: Counts;

  @ApiProperty(counts('Every scope', { AIS: 100, CAF: 20, PIS: 3 }))
  by_scope: Counts;

  @ApiProperty(counts('Every brand', { ...perBrand(() => 0), [EXAMPLE_BRAND]: 123 }))
  by_brand: Counts;

  @ApiProperty({
    type: [ConsentCountView],
    description: 'The same, apart; combinations without a consent are left out',
  })
  items: ConsentCountView[];
}

class RefreshHourView {
  @ApiProperty({ format: 'date-time', description: 'When the hour began' })
  hour: string;

  @ApiProperty(counts('By outcome', { committed: 412, in_doubt: 1 }))
  outcomes: Counts;
}

const OUTCOMES =
  '`committed` (the new pair is stored), `overtaken`, `received` (granted, cannot be read yet), `refused`, `not_sent`, ' +
  '`in_doubt` (the answer was lost), and the reasons for which a refresh ended its consent: `rotation_lost`, ' +
  '`refresh_refused`, `withdrawn_at_bank`';

class RefreshCountsView {
  @ApiProperty(counts(`The last 24 hours by outcome: ${OUTCOMES}`, { committed: 9120 }))
  by_outcome: Counts;

  @ApiProperty({ type: [RefreshHourView], description: 'Oldest first; hours without a refresh are left out' })
  by_hour: RefreshHourView[];
}

class GuardView {
  @ApiProperty({
    enum: ['closed', 'open', 'half_open'],
    description:
      '`closed`: scheduled refreshes run. `open`: they are paused, because too many were refused or had no answer; single ones find out when to resume. `half_open`: they begin again, few at a time.',
  })
  status: string;

  @ApiProperty({ format: 'date-time' })
  since: string;

  @ApiProperty({
    ...moment,
    description: 'While open: when the next single refresh is tried; null while one is',
  })
  next_canary_at: string | null;
}

class WaitingView {
  @ApiProperty({
    type: 'integer',
    description: 'Refreshes due that no hub makes at the moment; 100000 for that many or more',
  })
  due: number;

  @ApiProperty({ type: 'integer', description: 'Of these, the ones due for more than a minute' })
  overdue: number;

  @ApiProperty({ ...moment, description: 'Since when the oldest of them is due' })
  oldest_due_at: string | null;

  @ApiProperty({ type: 'integer', description: 'Token requests whose answer was lost' })
  in_doubt: number;

  @ApiProperty({
    type: 'integer',
    description: 'Token requests under way, in doubt, or with an unreadable answer',
  })
  open_requests: number;
}

class BrandView extends WaitingView {
  @ApiProperty({ type: GuardView })
  guard: GuardView;
}

@ApiPropertyPerBrand({ type: BrandView })
class BrandsView {}

@ApiPropertyPerBrand({ type: GuardView })
class GuardsView {}

/** The hub in figures, of one moment. */
export class StatisticsView extends WaitingView {
  @ApiProperty({ format: 'date-time', description: 'The moment of all figures; a few seconds ago at most' })
  as_of: string;

  @ApiProperty({ type: ConsentCountsView })
  consents: ConsentCountsView;

  @ApiProperty({ type: RefreshCountsView })
  refreshes: RefreshCountsView;

  @ApiProperty({ type: GuardsView })
  guard: Record<Brand, GuardView>;

  @ApiProperty({ type: BrandsView, description: 'What waits, by brand' })
  brands: Record<Brand, BrandView>;
}

export function toStatisticsView({ asOf, consents, brands, refreshes }: Figures): StatisticsView {
  const all = Object.values(brands);
  return {
    as_of: asOf.toISOString(),
    consents: {
      total: sum(consents),
      live: sum(consents.filter(({ state }) => isLive(state))),
      by_state: by(CONSENT_STATES, consents, ({ state }) => state),
      by_scope: by(SCOPES, consents, ({ scope }) => scope),
      by_brand: by(BRANDS, consents, ({ brand }) => brand),
      items: [...consents],
    },
    refreshes: {
      by_outcome: by([], refreshes, ({ outcome }) => outcome),
      by_hour: [...new Set(refreshes.map(({ hour }) => hour.getTime()))].map((hour) => ({
        hour: new Date(hour).toISOString(),
        outcomes: by(
          [],
          refreshes.filter((refresh) => refresh.hour.getTime() === hour),
          ({ outcome }) => outcome,
        ),
      })),
    },
    due: total(all, ({ due }) => due),
    overdue: total(all, ({ overdue }) => overdue),
    oldest_due_at: iso(all.map(({ oldestDueAt }) => oldestDueAt).reduce(earlier, null)),
    in_doubt: total(all, ({ inDoubt }) => inDoubt),
    open_requests: total(all, ({ openRequests }) => openRequests),
    guard: perBrand((brand) => toGuardView(brands[brand])),
    brands: perBrand((brand) => toBrandView(brands[brand])),
  };
}

const toBrandView = (brand: BrandFigures): BrandView => ({
  due: brand.due,
  overdue: brand.overdue,
  oldest_due_at: iso(brand.oldestDueAt),
  in_doubt: brand.inDoubt,
  open_requests: brand.openRequests,
  guard: toGuardView(brand),
});

const toGuardView = ({ circuitBreaker: { status, since, nextCanaryAt } }: BrandFigures): GuardView => ({
  status,
  since: since.toISOString(),
  next_canary_at: iso(nextCanaryAt),
});

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null;

const earlier = (one: Date | null, other: Date | null): Date | null =>
  !one || (other && other < one) ? other : one;

const total = <T>(rows: readonly T[], of: (row: T) => number): number =>
  rows.reduce((before, row) => before + of(row), 0);

const sum = (rows: readonly { readonly count: number }[]): number => total(rows, ({ count }) => count);

/** @param all keys that stand there even with nothing to count */
function by<T extends { readonly count: number }>(
  all: readonly string[],
  rows: readonly T[],
  keyOf: (row: T) => string,
): Counts {
  const totals = Object.fromEntries(all.map((key) => [key, 0]));
  for (const row of rows) totals[keyOf(row)] = (totals[keyOf(row)] ?? 0) + row.count;
  return totals;
}
