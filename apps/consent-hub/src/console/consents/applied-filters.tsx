import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { ATTENTION_NAMES } from '../attention/causes.js';
import type { PageContext } from '../frame/frame.js';
import { DAY_FIELDS, TIME_FIELDS, writeFilter, type ConsentFilter } from './consent-filter.js';

const NAMES: Readonly<Record<string, string>> = {
  q: 'Search',
  state: 'State',
  reason: 'Reason',
  scope: 'Scope',
  brand: 'Bank',
  client: 'API client',
  attention: 'Attention',
  use: 'Read by services',
  order: 'Order',
  ...Object.fromEntries(
    Object.entries({ ...TIME_FIELDS, ...DAY_FIELDS }).map(([name, [, label]]) => [name, label]),
  ),
};

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  brand: BRAND_NAMES,
  attention: { any: 'any reason', ...ATTENTION_NAMES },
};

const textOf = (name: string, value: string): string =>
  WORDS[name]?.[value] ?? (Object.hasOwn(TIME_FIELDS, name) ? value.replace('T', ' ') : value);

/** The filters of the search; one click removes each. */
export function AppliedFilters({
  context,
  filter,
}: {
  readonly context: PageContext;
  readonly filter: ConsentFilter;
}): JSX.Element | null {
  const entries = [...writeFilter(filter)];
  if (entries.length === 0) return null;
  return (
    <nav aria-label="Filters in use">
      <ul class="chips">
        {entries.map(([name, value], at) => (
          <li key={`${name} ${value}`}>
            <a
              class="chip"
              href={`${context.base}/console/consents?${new URLSearchParams(entries.filter((_, other) => other !== at))}`}
              title="Take this filter away"
            >
              {NAMES[name]}: <b>{textOf(name, value)}</b> <span aria-hidden="true">×</span>
              <span class="hide">, take away</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
