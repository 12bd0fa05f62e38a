import { MOST_COUNTED, type ApiKeyFacts } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { Facts } from '../frame/facts.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Moment, number, Table } from '../frame/parts.js';
import { SHOWN_READS, type ClientDetail } from './client-facts.service.js';
import { ClientBadge, KeyBadge, KeyName, limitText, stateOfKey } from './client-parts.js';

const DONE: Readonly<Record<string, string>> = {
  limit: 'The limit holds from the next request on.',
  revoke_key: 'The key is refused from the next request on.',
  revoke: 'All keys of the client are refused from the next request on.',
};

interface Props {
  readonly context: PageContext;
  readonly detail: ClientDetail;
}

const addressOf = ({ context, detail: { client } }: Props): string =>
  `${context.base}/console/clients/${client.id}`;

const moment = (at: Date | null, otherwise: string): ComponentChildren =>
  at ? <Moment at={at} /> : otherwise;

const canChange = ({ context: { session }, detail: { client } }: Props): boolean =>
  client.revokedAt === null && mayActAs(session, 'security');

function Keys(props: Props): JSX.Element {
  const { client, asOf } = props.detail;
  const rowOf = (key: ApiKeyFacts): ComponentChildren[] => {
    const state = stateOfKey(key, client, asOf);
    return [
      <KeyName key="key" of={key} />,
      <KeyBadge key="state" state={state} />,
      <Moment key="made" at={key.createdAt} />,
      moment(key.lastUsedAt, 'never'),
      moment(key.expiresAt, 'never'),
      ...(canChange(props)
        ? [
            state === 'works' ? (
              <a
                href={`${addressOf(props)}/keys/${key.id}/revoke`}
                aria-label={`Revoke the key ${key.prefix ?? key.id}`}
              >
                Revoke…
              </a>
            ) : (
              ''
            ),
          ]
        : []),
    ];
  };
  return (
    <section class="section" aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <Table
        caption="Keys, the newest first"
        headings={[
          'Begins with',
          'State',
          'Made',
          'Last used',
          'Expires',
          ...(canChange(props) ? ['Action'] : []),
        ]}
        rows={client.keys.toReversed().map(rowOf)}
      />
    </section>
  );
}

const About = (props: Props): JSX.Element => {
  const { client, defaultLimit } = props.detail;
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">About</h2>
      <Facts
        facts={[
          ['State', <ClientBadge key="state" client={client} />],
          ['Id', <code key="id">{client.id}</code>],
          ['May', client.permissions.join(', ')],
          [
            'Tokens of',
            client.permissions.includes('tokens:read') ? client.tokenScopes.join(', ') : 'no scope',
          ],
          [
            'Return URLs',
            client.returnUrls === null ? (
              'any'
            ) : (
              <ul class="plain">
                {client.returnUrls.map((url) => (
                  <li key={url} class="mono">
                    {url}
                  </li>
                ))}
              </ul>
            ),
          ],
          ['Limit, each hub', limitText(client.rateLimit, defaultLimit)],
          ['Made', <Moment key="made" at={client.createdAt} exactly />],
          ...(client.revokedAt
            ? [['Revoked', <Moment key="revoked" at={client.revokedAt} exactly />] as const]
            : []),
        ]}
      />
    </section>
  );
};

const Traffic = ({ detail: { traffic, startedAt } }: Pick<Props, 'detail'>): JSX.Element => (
  <section class="card stack" aria-labelledby="traffic">
    <h2 id="traffic">At this hub since its start</h2>
    <p class="soft">
      Started <Moment at={startedAt} />. Other hubs count their own.
    </p>
    <Facts
      facts={[
        ['Requests', number(traffic.requests)],
        ...[...traffic.byStatus]
          .sort(([one], [other]) => one.localeCompare(other))
          .map(([status, count]) => [`Answered ${status}`, number(count)] as const),
        ['429, too many a second', number(traffic.limited)],
      ]}
    />
    {traffic.problems.length > 0 && (
      <Table
        caption="Problems by code"
        headings={['Problem', '#Answered']}
        rows={traffic.problems.map(({ code, count }) => [<code key="code">{code}</code>, number(count)])}
      />
    )}
  </section>
);

const Reads = ({ context, detail: { reads } }: Props): JSX.Element => (
  <section class="section" aria-labelledby="reads">
    <h2 id="reads">Tokens that it was handed</h2>
    {reads === null ? (
      <p>
        Of more than <b>{number(MOST_COUNTED)}</b> consents. The{' '}
        <a href={`${context.base}/console?range=30d`}>overview</a> plots its reads by the hour; the page of a
        consent shows which clients read its token.
      </p>
    ) : reads.consents === 0 ? (
      <p class="soft">None. Reads of access tokens and SCA tokens stand here, some seconds late.</p>
    ) : (
      <>
        <p>
          <b>{number(reads.uses)}</b> of <b>{number(reads.consents)}</b>{' '}
          {reads.consents === 1 ? 'consent' : 'consents'}, last <Moment at={reads.lastUsedAt ?? new Date()} />
          {reads.consents > SHOWN_READS && `; the latest ${SHOWN_READS} are shown`}.
        </p>
        <Table
          caption="Consents whose tokens it was handed, the latest first"
          headings={['Consent', 'Last read', '#Reads']}
          rows={reads.latest.map(({ consentId, lastUsedAt, uses }) => [
            <a key="id" class="mono" href={`${context.base}/console/consents/${consentId}`}>
              …{consentId.slice(-12)}
            </a>,
            <Moment key="last" at={lastUsedAt} />,
            number(uses),
          ])}
        />
      </>
    )}
  </section>
);

/** @param done the action that has just been done */
export function renderClient(context: PageContext, detail: ClientDetail, done: string | undefined): string {
  const props = { context, detail };
  const { client, asOf } = detail;
  const message = done !== undefined && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return renderFrame({
    context,
    title: client.name,
    page: 'clients',
    asOf,
    children: (
      <>
        {message !== undefined && (
          <p class="notice" role="status">
            {message} The action is in the audit.
          </p>
        )}
        <div class="bar">
          <div class="chips">
            <a class="chip" href={`${context.base}/console/consents?client=${client.id}`}>
              Consents that it opened
            </a>
          </div>
          {canChange(props) && (
            <div class="chips">
              <a class="button quiet" href={`${addressOf(props)}/rotate`}>
                Another key…
              </a>
              <a class="button quiet" href={`${addressOf(props)}/limit`}>
                Change the limit…
              </a>
              <a class="button quiet" href={`${addressOf(props)}/revoke`}>
                Revoke the client…
              </a>
            </div>
          )}
        </div>
        <div class="two">
          <About {...props} />
          <Traffic detail={detail} />
        </div>
        <Keys {...props} />
        <Reads {...props} />
      </>
    ),
  });
}
