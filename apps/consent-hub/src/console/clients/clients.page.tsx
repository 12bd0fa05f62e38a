import type { ApiClientFacts } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Empty, Moment, number, Table } from '../frame/parts.js';
import type { ClientListing } from './client-facts.service.js';
import { ClientBadge, KeyName, limitText, stateOfKey } from './client-parts.js';

/** Which clients are shown. */
export const CLIENT_VIEWS = { in_use: 'In use', revoked: 'Revoked', all: 'All' } as const;
export type ClientView = keyof typeof CLIENT_VIEWS;

const isShown = (view: ClientView, { revokedAt }: ApiClientFacts): boolean =>
  view === 'all' || (view === 'revoked') === (revokedAt !== null);

const lastUse = ({ keys }: ApiClientFacts): Date | null =>
  keys.reduce<Date | null>(
    (last, { lastUsedAt }) => (lastUsedAt && (!last || lastUsedAt > last) ? lastUsedAt : last),
    null,
  );

const Words = ({ words }: { readonly words: readonly string[] }): JSX.Element => (
  <span class="wrap">{words.join(', ')}</span>
);

const row =
  (context: PageContext, { asOf, trafficOf, defaultLimit }: ClientListing) =>
  (client: ApiClientFacts): ComponentChildren[] => {
    const used = lastUse(client);
    const traffic = trafficOf(client.name);
    const working = client.keys.filter((key) => stateOfKey(key, client, asOf) === 'works');
    return [
      <>
        <a class="clip" href={`${context.base}/console/clients/${client.id}`} title={client.name}>
          {client.name}
        </a>
        {client.revokedAt && <ClientBadge client={client} />}
      </>,
      working.length === 0
        ? '–'
        : working.map((key, at) => (
            <>
              {at > 0 && ' '}
              <KeyName of={key} />
            </>
          )),
      used ? <Moment at={used} /> : 'never',
      <Words
        key="may"
        words={client.permissions.map((one) =>
          one === 'tokens:read' ? `${one} (${client.tokenScopes.join(', ')})` : one,
        )}
      />,
      limitText(client.rateLimit, defaultLimit),
      number(traffic.requests),
      number(traffic.limited),
      number(traffic.problems.reduce((sum, { count }) => sum + count, 0)),
    ];
  };

const HEADINGS = [
  ...['Client', 'Keys that work', 'Last used', 'May'],
  ...['#Limit', '#Requests', '#429', '#Problems'],
];

const Found = ({
  context,
  listing,
  view,
}: {
  readonly context: PageContext;
  readonly listing: ClientListing;
  readonly view: ClientView;
}): JSX.Element => {
  const shown = listing.clients.filter((client) => isShown(view, client));
  if (shown.length === 0)
    return (
      <Empty>
        <h2>{view === 'revoked' ? 'No client was revoked' : 'Nothing may call this hub yet'}</h2>
        <p>
          A program calls the hub with the key of an API client. Make one here with the role security, or with{' '}
          <code>consent-hub api-client create</code>.
        </p>
      </Empty>
    );
  return (
    <>
      <Table caption="API clients" headings={HEADINGS} rows={shown.map(row(context, listing))} />
      <p class="soft">
        Requests, 429 and problems are those of this hub since its start, <Moment at={listing.startedAt} />;
        other hubs count their own.
      </p>
    </>
  );
};

export const renderClients = (context: PageContext, listing: ClientListing, view: ClientView): string =>
  renderFrame({
    context,
    title: 'API clients',
    page: 'clients',
    asOf: listing.asOf,
    children: (
      <div class="stack">
        <div class="bar">
          <nav aria-label="Which clients">
            <ul class="chips">
              {Object.entries(CLIENT_VIEWS).map(([name, text]) => (
                <li key={name}>
                  <a
                    class="chip"
                    aria-current={name === view ? 'true' : undefined}
                    href={`${context.base}/console/clients${name === 'in_use' ? '' : `?show=${name}`}`}
                  >
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          {mayActAs(context.session, 'security') && (
            <a class="button" href={`${context.base}/console/clients/new`}>
              New API client…
            </a>
          )}
        </div>
        <Found context={context} listing={listing} view={view} />
      </div>
    ),
  });
