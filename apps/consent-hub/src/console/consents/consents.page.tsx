import {
  ALL_STATE_REASONS,
  ATTENTION_REASONS,
  CONSENT_STATES,
  SEARCH_ORDERS,
  type FoundConsent,
  type SearchOrder,
} from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, SCOPES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { ExportLinks } from '../frame/export-links.js';
import { Choice, ChoiceChips, DayField, TextField, TimeField } from '../frame/fields.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Clip, Empty, Moment, number, StateBadge, Table } from '../frame/parts.js';
import { ATTENTION_NAMES } from '../attention/causes.js';
import { AppliedFilters } from './applied-filters.js';
import { DAY_FIELDS, TIME_FIELDS, writeFilter, writePosition, type ConsentFilter } from './consent-filter.js';
import { isFaulty, type ConsentListing, type FilterFaults } from './consent-listing.service.js';
import { savedViews } from './saved-views.js';

const ORDER_NAMES: Readonly<Record<SearchOrder, string>> = {
  created_at: 'opened, newest first',
  ended_at: 'ended, latest first',
  consent_expires_at: 'expires, soonest first',
};

const same = (words: readonly string[]): (readonly [string, string])[] =>
  words.map((word) => [word, word] as const);

function SearchForm({
  context,
  filter,
  faults,
}: {
  readonly context: PageContext;
  readonly filter: ConsentFilter;
  readonly faults: FilterFaults;
}): JSX.Element {
  const { reason, scope, brand, client, attention, use, order } = filter;
  const times = Object.values({ ...TIME_FIELDS, ...DAY_FIELDS }).map(([key]) => filter[key]);
  const isNarrowed = [reason, client, attention, use, order, ...times].some((one) => one !== '');
  return (
    <form class="card stack" method="get" action={`${context.base}/console/consents`} role="search">
      <div>
        <label for="f-q">Id, Request-ID, account number or person (psu_ref)</label>
        <div class="search">
          <input id="f-q" name="q" type="search" value={filter.q} autocomplete="off" spellcheck={false} />
          <button>Search</button>
        </div>
      </div>
      <fieldset>
        <legend>State</legend>
        <ul class="chips">
          {CONSENT_STATES.map((state) => (
            <li key={state}>
              <label>
                <input type="checkbox" name="state" value={state} checked={filter.states.includes(state)} />
                {state}
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <div class="chip-groups">
        <ChoiceChips
          name="brand"
          label="Bank"
          value={brand}
          options={BRANDS.map((one) => [one, BRAND_NAMES[one]] as const)}
        />
        <ChoiceChips name="scope" label="Scope" value={scope} options={same(SCOPES)} />
      </div>
      <details open={isNarrowed}>
        <summary>More filters</summary>
        <div class="stack">
          <ChoiceChips
            name="reason"
            label="Reason of the end"
            value={reason}
            options={same(ALL_STATE_REASONS)}
          />
          <div class="fields">
            <Choice
              name="attention"
              label="Needs attention"
              value={attention}
              options={[
                ['any', 'for any reason'],
                ...ATTENTION_REASONS.map((one) => [one, ATTENTION_NAMES[one]] as const),
              ]}
            />
            <TextField
              name="client"
              label="API client (name or id)"
              value={client}
              fault={faults.get('client')}
            />
            {Object.entries(TIME_FIELDS).map(([name, [key, label]]) => (
              <TimeField
                key={name}
                name={name}
                label={`${label} (UTC)`}
                value={filter[key]}
                fault={faults.get(name)}
              />
            ))}
            {Object.entries(DAY_FIELDS).map(([name, [key, label]]) => (
              <DayField
                key={name}
                name={name}
                label={`${label} (UTC)`}
                value={filter[key]}
                fault={faults.get(name)}
              />
            ))}
            <Choice name="use" label="Read by services" value={use} options={[['never', 'never read']]} />
            <Choice
              name="order"
              label="Order"
              value={order}
              options={SEARCH_ORDERS.map((one) => [one, ORDER_NAMES[one]] as const)}
            />
          </div>
          <div class="actions">
            <button>Search</button>
            <a class="button quiet" href={`${context.base}/console/consents`}>
              Clear
            </a>
          </div>
        </div>
      </details>
    </form>
  );
}

const Views = ({ context, now }: { readonly context: PageContext; readonly now: number }): JSX.Element => (
  <nav aria-label="Saved views">
    <ul class="chips">
      {savedViews(now).map(({ name, query }) => (
        <li key={name}>
          <a class="chip" href={`${context.base}/console/consents?${query}`}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

const ended = ({ consent }: FoundConsent): ComponentChildren =>
  consent.endedAt ? (
    <Moment at={consent.endedAt} />
  ) : consent.consentExpiresAt ? (
    <Moment at={consent.consentExpiresAt} />
  ) : (
    '–'
  );

const row =
  (context: PageContext, listing: ConsentListing) =>
  (found: FoundConsent): ComponentChildren[] => {
    const { consent, attention } = found;
    return [
      <a key="id" class="mono nowrap" href={`${context.base}/console/consents/${consent.id}`}>
        …{consent.id.slice(-12)}
      </a>,
      <>
        <StateBadge state={consent.state} />{' '}
        {consent.stateReason !== null && <span class="soft nowrap">{consent.stateReason}</span>}
        {attention
          .filter((reason) => reason !== consent.state)
          .map((reason) => (
            <span key={reason}>
              {' '}
              <Badge meaning="doubt">{ATTENTION_NAMES[reason]}</Badge>
            </span>
          ))}
      </>,
      <span key="kind" class="nowrap">
        {BRAND_NAMES[consent.brand]} {consent.scope}
      </span>,
      <Clip key="person" text={consent.psuRef} />,
      <Clip key="client" text={listing.clients.get(consent.openedBy) ?? consent.openedBy} />,
      <span key="opened" class="nowrap">
        <Moment at={consent.createdAt} />
      </span>,
      <span key="ended" class="nowrap">
        {ended(found)}
      </span>,
      number(consent.tokenPair?.generation ?? 0),
    ];
  };

function Found({
  context,
  filter,
  listing,
}: {
  readonly context: PageContext;
  readonly filter: ConsentFilter;
  readonly listing: ConsentListing;
}): JSX.Element {
  const query = writeFilter(filter);
  const address = (path: string, more: Readonly<Record<string, string>>) => {
    const all = new URLSearchParams(query);
    for (const [name, value] of Object.entries(more)) all.set(name, value);
    return `${context.base}/console/consents${path}?${all}`;
  };
  const { count, isExact } = listing.count;
  if (listing.items.length === 0)
    return (
      <div class="section">
        <Empty>
          <h2>No consent meets this</h2>
          <p>
            {query.size === 0
              ? 'No consent has been opened yet. An API client does so with POST /v1/consents.'
              : 'Take a filter away, or search for the id, the Request-ID, the account number or the person alone.'}
          </p>
        </Empty>
      </div>
    );
  return (
    <>
      <div class="bar">
        <p>
          <b>
            {number(count)}
            {isExact ? '' : '+'}
          </b>{' '}
          {count === 1 ? 'consent' : 'consents'}
        </p>
        <div class="chips">
          <ExportLinks addressOf={(format) => address('/export', { format })} />
        </div>
      </div>
      <Table
        caption="Consents"
        headings={[
          'Consent',
          'State',
          'For',
          'Person',
          'Opened by',
          'Opened',
          'Ends or ended',
          '#Generation',
        ]}
        rows={listing.items.map(row(context, listing))}
      />
      {listing.next && (
        <p class="actions">
          <a class="button quiet" rel="next" href={address('', { after: writePosition(listing.next) })}>
            Next page
          </a>
        </p>
      )}
    </>
  );
}

/** @param listing what was found, or what is wrong with the filter */
export const renderConsents = (
  context: PageContext,
  filter: ConsentFilter,
  listing: ConsentListing | FilterFaults,
): string =>
  renderFrame({
    context,
    title: 'Consents',
    page: 'consents',
    ...(!isFaulty(listing) && { asOf: listing.asOf }),
    children: (
      <div class="stack">
        <Views context={context} now={Date.now()} />
        <SearchForm
          context={context}
          filter={filter}
          faults={isFaulty(listing) ? listing : new Map<string, string>()}
        />
        <AppliedFilters context={context} filter={filter} />
        {isFaulty(listing) ? (
          <p class="notice bad" role="alert">
            Nothing was searched: a filter cannot be read. It is marked above.
          </p>
        ) : (
          <Found context={context} filter={filter} listing={listing} />
        )}
      </div>
    ),
  });
