import type { FeedEvent } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { ExportLinks } from '../frame/export-links.js';
import { Choice, TextField } from '../frame/fields.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Empty, Moment, StateBadge, Table } from '../frame/parts.js';
import { TYPE_OPTIONS, writeEventFilter, type EventFilter } from './event-filter.js';
import type { EventHistoryPage } from './event-history.service.js';

const PATH = '/console/events';

interface Filtered {
  readonly context: PageContext;
  readonly filter: EventFilter;
}

const FilterForm = ({
  context,
  filter,
  fault,
}: Filtered & { readonly fault: string | undefined }): JSX.Element => (
  <form class="card stack" method="get" action={context.base + PATH} role="search">
    <div class="fields">
      <Choice name="type" label="Type" value={filter.type} options={TYPE_OPTIONS} />
      <TextField name="consent" label="Id of the consent" value={filter.consent} fault={fault} />
    </div>
    <div class="actions">
      <button>Search</button>
      <a class="button quiet" href={context.base + PATH}>
        Clear
      </a>
    </div>
  </form>
);

const wordsOf = (text: string): string => text.replaceAll('_', ' ');

/** Codes and numbers of the hub's own events; those of consents are explained on the page of the consent. */
const factsOf = ({ consentId, reason, data }: FeedEvent): string => {
  if (consentId !== null) return reason === null ? '–' : wordsOf(reason);
  const facts = Object.entries(data).map(([name, value]) => `${wordsOf(name)}: ${String(value)}`);
  return facts.join(', ') || '–';
};

const rowOf =
  (context: PageContext) =>
  (event: FeedEvent): ComponentChildren[] => [
    <span key="at" class="nowrap">
      <Moment at={event.at} exactly />
    </span>,
    <span key="type" class="nowrap">
      {event.type}
    </span>,
    event.consentId === null ? (
      'the hub'
    ) : (
      <a key="consent" class="mono nowrap" href={`${context.base}/console/consents/${event.consentId}`}>
        …{event.consentId.slice(-12)}
      </a>
    ),
    event.state === null ? '–' : <StateBadge key="state" state={event.state} />,
    <span key="facts" class="wrap">
      {factsOf(event)}
    </span>,
    event.actor ?? 'hub',
  ];

const NothingFound = ({ filter, isOlder }: { readonly filter: EventFilter; readonly isOlder: boolean }) => (
  <Empty>
    <h2>{isOlder ? 'None among the events that were searched' : 'No event meets this'}</h2>
    <p>
      {isOlder
        ? 'Search further back below.'
        : filter.type === '' && filter.consent === ''
          ? 'Events show here once a consent is opened.'
          : 'Take a part of the filter away.'}
    </p>
  </Empty>
);

const Found = ({ context, filter, found }: Filtered & { readonly found: EventHistoryPage }): JSX.Element => {
  const query = [...writeEventFilter(filter)];
  const address = (more: [string, string], below = ''): string =>
    `${context.base}${PATH}${below}?${new URLSearchParams([...query, more])}`;
  return (
    <>
      <div class="bar">
        <p>Latest first</p>
        <div class="chips">
          <ExportLinks addressOf={(format) => address(['format', format], '/export')} />
        </div>
      </div>
      {found.items.length === 0 ? (
        <NothingFound filter={filter} isOlder={found.next !== null} />
      ) : (
        <Table
          caption="Events"
          headings={['When', 'Type', 'Of', 'State then', 'Reason', 'By']}
          rows={found.items.map(rowOf(context))}
        />
      )}
      {found.next !== null && (
        <p class="actions">
          <a class="button quiet" rel="next" href={address(['from', String(found.next)])}>
            Older events
          </a>
        </p>
      )}
    </>
  );
};

/** @param found the events, or what is wrong with the filter */
export const renderEvents = (
  context: PageContext,
  filter: EventFilter,
  found: EventHistoryPage | string,
): string =>
  renderFrame({
    context,
    title: 'Events',
    page: 'events',
    asOf: typeof found === 'string' ? new Date() : found.asOf,
    children: (
      <div class="stack">
        <p class="soft">
          What happened to consents and to the hub, in the order in which webhooks and the feed of the API
          have it.
        </p>
        <FilterForm context={context} filter={filter} fault={typeof found === 'string' ? found : undefined} />
        {typeof found === 'string' ? (
          <p class="notice bad" role="alert">
            Nothing was searched: a filter cannot be read. It is marked above.
          </p>
        ) : (
          <Found context={context} filter={filter} found={found} />
        )}
      </div>
    ),
  });
