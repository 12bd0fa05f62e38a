import { isEnded } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { renderActionForm } from '../frame/action-form.page.js';
import { Facts } from '../frame/facts.js';
import { TextField } from '../frame/fields.js';
import { Csrf, renderFrame, type PageContext } from '../frame/frame.js';
import { Clip, Moment, number, StateBadge, Table } from '../frame/parts.js';
import type { SentReason } from '../frame/reason-field.js';
import { heldFacts } from './held.js';
import type { PersonDetail } from './person.service.js';

/** @param typed what was looked for, where nothing was found */
export const renderPersonSearch = (context: PageContext, typed?: string): string =>
  renderFrame({
    context,
    title: 'Person',
    page: 'people',
    children: (
      <form class="card stack" method="post" action={`${context.base}/console/people`} role="search">
        <p>
          All consents of a person over all API clients, what is held, and its erasure. The name is sent in a
          form and is in no address, so that no log and no history of the browser holds it.
        </p>
        <TextField
          name="psu_ref"
          label="Name of the person (psu_ref), in full"
          value={typed ?? ''}
          fault={
            typed === undefined
              ? undefined
              : 'No consent bears this name. Write it as the application does, in full.'
          }
        />
        <Csrf context={context} />
        <div class="actions">
          <button>Find</button>
        </div>
      </form>
    ),
  });

const Consents = ({
  context,
  detail: { found, clients, holdings },
}: {
  readonly context: PageContext;
  readonly detail: PersonDetail;
}): JSX.Element => (
  <section class="section" aria-labelledby="consents">
    <h2 id="consents">Consents</h2>
    {holdings.consents > found.length && (
      <p class="soft">
        The newest {number(found.length)} of {number(holdings.consents)}.
      </p>
    )}
    <Table
      caption="Consents of the person, the newest first"
      headings={['Consent', 'State', 'For', 'Purpose', 'Opened by', 'Opened', 'Ends or ended']}
      rows={found.map(({ consent }) => {
        const end = consent.endedAt ?? consent.consentExpiresAt;
        return [
          <a key="id" class="mono nowrap" href={`${context.base}/console/consents/${consent.id}`}>
            …{consent.id.slice(-12)}
          </a>,
          <>
            <StateBadge state={consent.state} />{' '}
            {consent.stateReason !== null && <span class="soft">{consent.stateReason}</span>}
          </>,
          `${BRAND_NAMES[consent.brand]} ${consent.scope}`,
          consent.purpose === null ? '–' : <Clip key="purpose" text={consent.purpose} />,
          <Clip key="client" text={clients.get(consent.openedBy) ?? consent.openedBy} />,
          <Moment key="opened" at={consent.createdAt} />,
          end ? <Moment at={end} /> : '–',
        ];
      })}
    />
  </section>
);

export function renderPerson(context: PageContext, detail: PersonDetail): string {
  const { consent, holdings, asOf } = detail;
  const address = `${context.base}/console/consents/${consent.id}/person`;
  return renderFrame({
    context,
    title: 'Person',
    page: 'people',
    asOf,
    children: (
      <>
        {consent.erasedAt && (
          <p class="notice wait" role="status">
            The person of this consent was erased <Moment at={consent.erasedAt} />. What is left names no
            person.
          </p>
        )}
        <section class="card stack" aria-labelledby="held">
          <h2 id="held">
            <span class="mono">{consent.psuRef}</span>
          </h2>
          <Facts
            facts={[
              ['Consents', `${number(holdings.consents)}, of which ${number(holdings.going)} have not ended`],
              ...heldFacts((name) => holdings[name]),
            ]}
          />
          {!consent.erasedAt && (
            <div class="actions">
              <a class="button quiet" href={`${address}/export`}>
                Export…
              </a>
              {mayActAs(context.session, 'operator') && (
                <a class="button quiet" href={`${address}/erase`}>
                  Erase…
                </a>
              )}
            </div>
          )}
        </section>
        <Consents context={context} detail={detail} />
      </>
    ),
  });
}

export const renderExportForm = (
  context: PageContext,
  { consent, holdings }: PersonDetail,
  sent?: SentReason,
): string =>
  renderActionForm(context, {
    title: 'Export what is held of this person',
    action: `/console/consents/${consent.id}/person/export`,
    cancel: `/console/consents/${consent.id}/person`,
    button: 'Export as JSON',
    sent,
    children: (
      <>
        <p>
          {number(holdings.consents)} {holdings.consents === 1 ? 'consent' : 'consents'} of{' '}
          <b>{consent.psuRef}</b> with accounts, timelines and readers, as one file. Tokens are never in it.
        </p>
        {mayActAs(context.session, 'security') ? (
          <label class="check">
            <input type="checkbox" name="full" />
            <span>
              with account numbers in full <small>the timelines of the consents say so</small>
            </span>
          </label>
        ) : (
          <p class="soft">Account numbers are masked; the role security can export them in full.</p>
        )}
      </>
    ),
  });

export interface SentErasure {
  readonly reason: SentReason;
  readonly count: string;
  readonly countFault: string | undefined;
}

const GOES = [
  'the name of the person, account numbers, language, purpose and addresses of every consent',
  'every token, code and answer of the bank that is sealed here',
  "links and sessions of the person's pages, and the names under which consents were opened",
];
const STAYS = [
  ['Consents as dates and states', 'each bears a name that was drawn for it, and names no person'],
  ['Timelines', 'they hold no personal data, and still prove what happened'],
  ['The journal of calls of the bank, without answers', 'it shows that no token was spent twice'],
  ['The audit', 'it names who acted, not on whom'],
  ['Sealed answers in spool files', 'for HUB_SPOOL_RETENTION_MINUTES; backups until you discard them'],
] as const;

export function renderErasure(context: PageContext, detail: PersonDetail, sent?: SentErasure): string {
  const { consent, holdings, found } = detail;
  const going = found.filter((one) => !isEnded(one.consent.state));
  return renderActionForm(context, {
    title: 'Erase this person',
    action: `/console/consents/${consent.id}/person/erase`,
    cancel: `/console/consents/${consent.id}/person`,
    button: 'Erase for good',
    isFinal: true,
    sent: sent?.reason,
    children: (
      <>
        <p>
          <b class="mono">{consent.psuRef}</b>: {number(holdings.consents)}{' '}
          {holdings.consents === 1 ? 'consent' : 'consents'} over all API clients. It cannot be undone.
        </p>
        <section aria-labelledby="goes">
          <h2 id="goes">What goes</h2>
          <ul>
            {GOES.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <Facts facts={heldFacts((name) => holdings[name])} />
        </section>
        <section aria-labelledby="ends">
          <h2 id="ends">Consents that end: {number(holdings.going)}</h2>
          {going.length === 0 ? (
            <p>All of them have ended already.</p>
          ) : (
            <ul class="plain">
              {going.map(({ consent: one }) => (
                <li key={one.id}>
                  <StateBadge state={one.state} /> {BRAND_NAMES[one.brand]} {one.scope}{' '}
                  <code>…{one.id.slice(-12)}</code>
                </li>
              ))}
            </ul>
          )}
          {going.length > 0 && <p>Services are handed no tokens of them any more. The bank is not asked.</p>}
        </section>
        <section aria-labelledby="stays">
          <h2 id="stays">What stays, and why</h2>
          <ul>
            {STAYS.map(([what, why]) => (
              <li key={what}>
                {what}: {why}
              </li>
            ))}
          </ul>
        </section>
        <TextField
          name="count"
          label={`Type the number of consents, ${holdings.consents}, to confirm`}
          value={sent?.count ?? ''}
          fault={sent?.countFault}
        />
      </>
    ),
  });
}
