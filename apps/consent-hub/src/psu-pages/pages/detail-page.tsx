import { isLive, type PersonEvent } from '@consent-hub/consent';
import type { JSX } from 'preact';
import type { ConnectionDetail } from '../connections.service.js';
import { kindOf } from '../history.js';
import { isRenewable, statusOf } from '../status.js';
import type { PsuTexts } from '../texts/texts.types.js';
import { bankOf, Day, End, Fact, Facts, Moment, StatusSign } from './facts.js';
import { Frame, type PageContext } from './frame.js';
import { Act, BackToList } from './list-page.js';

export const DetailPage = ({
  context,
  detail: { consent, history },
}: {
  readonly context: PageContext;
  readonly detail: ConnectionDetail;
}): JSX.Element => {
  const { texts, tpp, language, now } = context;
  const scope = texts.scopes[consent.scope];
  const status = statusOf(consent, now);
  const of = `${bankOf(consent)}, ${scope.name}`;
  return (
    <Frame context={context} title={of} outcome="detail" kind="own">
      <BackToList context={context} />
      <h1>{of}</h1>
      {status === 'doubt' && <p class="note doubt">{texts.detail.inDoubt}</p>}
      {status === 'lost' && <p class="note lost">{texts.detail.lost(tpp)}</p>}
      <section class="card">
        <header>
          <StatusSign consent={consent} context={context} />
        </header>
        <Facts consent={consent} context={context}>
          <Fact name={texts.labels.lastAccess}>
            {consent.lastUsedAt ? (
              <Moment of={consent.lastUsedAt} language={language} />
            ) : (
              texts.values.neverAccessed
            )}
          </Fact>
        </Facts>
        {isLive(consent.state) && (
          <div class="actions">
            <Act consent={consent} context={context} name={texts.actions.stop} of={of} to="stop" />
            {isRenewable(consent, now) && (
              <Act consent={consent} context={context} name={texts.actions.renew} of={of} to="renew" />
            )}
          </div>
        )}
      </section>
      <section class="card">
        <h2>{texts.detail.shared(tpp)}</h2>
        <ul>
          {scope.shared.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
        <p>{scope.notShared}</p>
      </section>
      {isLive(consent.state) && (
        <section class="card">
          <h2>{texts.detail.forHowLong}</h2>
          <dl class="facts">
            <Fact name={texts.labels.until}>
              <End consent={consent} context={context} />
            </Fact>
          </dl>
          <p>{texts.detail.fixedEnd}</p>
        </section>
      )}
      <section class="card">
        <h2>{texts.detail.history}</h2>
        <History context={context} events={history} />
      </section>
      <p class="reference">
        {texts.labels.reference}: {consent.id}
      </p>
    </Frame>
  );
};

function History({
  context: { texts, language },
  events,
}: {
  readonly context: PageContext;
  readonly events: readonly PersonEvent[];
}): JSX.Element {
  const entries = events.flatMap((event) => {
    const text = textOf(event, texts);
    return text === null ? [] : [{ at: event.at, text }];
  });
  if (entries.length === 0) return <p>{texts.detail.noHistory}</p>;
  return (
    <>
      <p>{texts.detail.historyLead}</p>
      <ol class="history">
        {entries.map(({ at, text }) => (
          <li key={`${at.toISOString()} ${text}`}>
            <Day of={at} language={language} />
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function textOf(event: PersonEvent, texts: PsuTexts): string | null {
  const kind = kindOf(event);
  const { count, days } = event.data;
  if (kind === 'accounts_listed' && typeof count === 'number') return texts.accountsListed(count);
  if (kind === 'expires_soon' && typeof days === 'number') return texts.expiresSoon(days);
  return kind && texts.history[kind];
}
