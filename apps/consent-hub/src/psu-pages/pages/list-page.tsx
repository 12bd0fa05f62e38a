import { isLive, type PersonConsent } from '@consent-hub/consent';
import type { JSX } from 'preact';
import type { ConnectionList } from '../connections.service.js';
import { isRenewable } from '../status.js';
import { bankOf, ConnectionHead, Facts } from './facts.js';
import { Frame, type PageContext } from './frame.js';

interface ListPage {
  readonly context: PageContext;
  readonly list: ConnectionList;
}

export const ListPage = ({ context, list }: ListPage): JSX.Element => {
  const { texts, tpp, brand } = context;
  const { connected, ended, search } = list;
  const isEmpty = connected.length === 0;
  const nothingFits = search !== '' && isEmpty && ended.items.length === 0;
  return (
    <Frame context={context} title={texts.list.title} outcome="list" kind="own">
      <h1>{texts.list.title}</h1>
      <p class="lead">{texts.list.lead(tpp)}</p>
      {list.isSearchable && <SearchForm context={context} search={search} action="/my" />}
      {nothingFits && <p class="note">{texts.list.nothingFound}</p>}
      {isEmpty && search === '' && <Empty context={context} />}
      {connected.map((consent) => (
        <ConnectionCard key={consent.id} consent={consent} context={context} />
      ))}
      {ended.items.length > 0 && (
        <>
          <h2>{texts.list.ended}</h2>
          {ended.items.map((consent) => (
            <ConnectionCard key={consent.id} consent={consent} context={context} />
          ))}
        </>
      )}
      {ended.next !== null && (
        <p class="actions">
          <a class="button quiet" href={endedAddress(brand.base, search)}>
            {texts.actions.allEnded}
          </a>
        </p>
      )}
    </Frame>
  );
};

export const EndedPage = ({ context, list }: ListPage): JSX.Element => {
  const { texts, brand } = context;
  const { ended, search } = list;
  return (
    <Frame context={context} title={texts.actions.allEnded} outcome="ended" kind="own">
      <BackToList context={context} />
      <h1>{texts.actions.allEnded}</h1>
      <p class="lead">{texts.list.endedLead}</p>
      {list.isSearchable && <SearchForm context={context} search={search} action="/my/ended" />}
      {ended.items.length === 0 && (
        <p class="note">{search === '' ? texts.list.noneEnded : texts.list.nothingFound}</p>
      )}
      {ended.items.map((consent) => (
        <ConnectionCard key={consent.id} consent={consent} context={context} />
      ))}
      {ended.next !== null && (
        <p class="actions">
          <a class="button quiet" href={endedAddress(brand.base, search, ended.next)}>
            {texts.actions.more}
          </a>
        </p>
      )}
    </Frame>
  );
};

export const BackToList = ({ context }: { readonly context: PageContext }): JSX.Element => (
  <nav aria-label={context.texts.list.title}>
    <a href={`${context.brand.base}/my`}>← {context.texts.actions.backToList}</a>
  </nav>
);

function endedAddress(base: string, search: string, after?: string): string {
  const query = new URLSearchParams({
    ...(search !== '' && { q: search }),
    ...(after !== undefined && { after }),
  }).toString();
  return `${base}/my/ended${query === '' ? '' : `?${query}`}`;
}

function Empty({ context }: { readonly context: PageContext }): JSX.Element {
  const { texts, tpp, visitor } = context;
  return (
    <div class="note">
      <p>{texts.list.empty(tpp)}</p>
      {visitor?.returnUrl != null && (
        <p class="actions">
          <a class="button" href={visitor.returnUrl}>
            {texts.actions.backTo(tpp)}
          </a>
        </p>
      )}
    </div>
  );
}

function SearchForm({
  context: { texts, brand },
  search,
  action,
}: {
  readonly context: PageContext;
  readonly search: string;
  readonly action: string;
}): JSX.Element {
  return (
    <form class="search" role="search" method="get" action={brand.base + action}>
      <label>
        {texts.list.searchField}
        <input type="search" name="q" value={search} maxLength={100} placeholder={texts.list.searchHint} />
      </label>
      <button class="button quiet">{texts.actions.search}</button>
    </form>
  );
}

function ConnectionCard({
  consent,
  context,
}: {
  readonly consent: PersonConsent;
  readonly context: PageContext;
}): JSX.Element {
  const { actions } = context.texts;
  const isOpen = isLive(consent.state);
  const of = `${bankOf(consent)}, ${context.texts.scopes[consent.scope].name}`;
  return (
    <article class="card">
      <ConnectionHead consent={consent} context={context} />
      <Facts consent={consent} context={context} />
      <div class="actions">
        <Act consent={consent} context={context} name={actions.details} of={of} />
        {isOpen && <Act consent={consent} context={context} name={actions.stop} of={of} to="stop" />}
        {isRenewable(consent, context.now) && (
          <Act consent={consent} context={context} name={actions.renew} of={of} to="renew" />
        )}
      </div>
    </article>
  );
}

interface Act {
  readonly consent: PersonConsent;
  readonly context: PageContext;
  readonly name: string;
  /** Distinguishes this button from that of the next card, for people who do not see its place. */
  readonly of: string;
  readonly to?: 'stop' | 'renew';
}

export const Act = ({ consent, context, name, of, to }: Act): JSX.Element => (
  <a
    class={to === 'renew' ? 'button' : 'button quiet'}
    href={`${context.brand.base}/my/consents/${consent.id}${to === undefined ? '' : `/${to}`}`}
  >
    {name}
    <span class="unseen">: {of}</span>
  </a>
);
