import { isEnded, isLive } from '@consent-hub/consent';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { ADMIN_ACTIONS } from '../audit/admin-action.repository.js';
import { Facts } from '../frame/facts.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { exactTime, maskIban, Moment, number, StateBadge, Table } from '../frame/parts.js';
import { CONSENT_ACTIONS, type ConsentActionName } from './consent-actions.js';
import type { ConsentDetail } from './consent-detail.service.js';
import { sentenceOf } from './consent-sentence.js';
import { BankCalls } from './bank-calls.js';
import { RelatedConsents } from './related-consents.js';
import { StateMachine } from './state-machine.js';
import { Timeline } from './timeline.js';
import { TokenReadersList } from './token-readers.js';

const DONE: Readonly<Record<string, string>> = {
  refresh: 'The bank gave a new pair.',
  revoke: 'The consent is ended, and its tokens are destroyed.',
  reread: 'The answer of the bank was read.',
  resolve: 'The answer is given up: the next refresh asks the bank again.',
};

interface Props {
  readonly context: PageContext;
  readonly detail: ConsentDetail;
}

const moment = (at: Date | null | undefined): ComponentChildren => (at ? <Moment at={at} exactly /> : '–');

const About = ({ context, detail: { consent, clients } }: Props): JSX.Element => (
  <section class="card" aria-labelledby="about">
    <h2 id="about">About</h2>
    <Facts
      facts={[
        ['Id', <code key="id">{consent.id}</code>],
        ['For', `${BRAND_NAMES[consent.brand]}, ${consent.scope}`],
        [
          'Person',
          <a key="person" href={`${context.base}/console/consents/${consent.id}/person`}>
            {consent.psuRef}
          </a>,
        ],
        ['Opened by', clients.get(consent.openedBy) ?? consent.openedBy],
        ['Opened', moment(consent.createdAt)],
        ['Authorized', moment(consent.authorizedAt)],
        ['First pair', moment(consent.activatedAt)],
        ['Valid until', moment(consent.consentExpiresAt)],
        ['Ended', moment(consent.endedAt)],
      ]}
    />
  </section>
);

function Tokens({ detail: { consent, asOf } }: Pick<Props, 'detail'>): JSX.Element {
  const { tokenPair } = consent;
  return (
    <section class="card" aria-labelledby="tokens">
      <h2 id="tokens">Tokens</h2>
      {!tokenPair ? (
        <p class="soft">There is no pair yet: the bank gives the first one when the person has come back.</p>
      ) : (
        <Facts
          facts={[
            ['Pair', tokenPair.refreshToken ? 'sealed in the vault' : 'destroyed'],
            ['Generation', number(tokenPair.generation)],
            [
              'Issued',
              <>
                <Moment at={tokenPair.issuedAt} /> <span class="soft">({exactTime(tokenPair.issuedAt)})</span>
              </>,
            ],
            [
              'Access token',
              tokenPair.accessToken ? (
                tokenPair.accessExpiresAt > asOf ? (
                  <>
                    valid, ends <Moment at={tokenPair.accessExpiresAt} />
                  </>
                ) : (
                  'over'
                )
              ) : (
                'destroyed'
              ),
            ],
            ['Next refresh', moment(tokenPair.refreshDueAt)],
            ['Last handed out', moment(tokenPair.lastUsedAt)],
            ['Failed in a row', number(tokenPair.refreshFailures)],
            ['Vault key', <code key="key">{tokenPair.keyId}</code>],
          ]}
        />
      )}
    </section>
  );
}

function actionsFor({ session }: PageContext, { consent, ibans, calls }: ConsentDetail): ConsentActionName[] {
  const { state } = consent;
  const canBe: Readonly<Record<ConsentActionName, boolean>> = {
    refresh: isLive(state),
    revoke: !isEnded(state) && state !== 'authorized',
    reread: calls.some(({ keepsAnswer }) => keepsAnswer),
    resolve: calls.some(({ status }) => status === 'received'),
    reveal: ibans.length > 0,
  };
  return (Object.keys(CONSENT_ACTIONS) as ConsentActionName[]).filter(
    (name) => canBe[name] && mayActAs(session, CONSENT_ACTIONS[name].role),
  );
}

const BUTTONS: Readonly<Record<ConsentActionName, string>> = {
  refresh: 'Refresh…',
  revoke: 'Revoke…',
  reread: 'Read the answer again…',
  resolve: 'Give up the answer…',
  reveal: 'See account numbers…',
};

interface Shown {
  /** The action that has just been done. */
  readonly done: string | undefined;
  /** Whether the timeline is shown entry by entry. */
  readonly isFull: boolean;
}

export function renderConsent(context: PageContext, detail: ConsentDetail, { done, isFull }: Shown): string {
  const { consent, ibans, actions, asOf } = detail;
  const confirmation = done !== undefined && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return renderFrame({
    context,
    title: `Consent …${consent.id.slice(-12)}`,
    page: 'consents',
    asOf,
    children: (
      <>
        {confirmation !== undefined && (
          <p class="notice" role="status">
            {confirmation} The timeline and the audit show what you did.
          </p>
        )}
        <div class="card stack">
          <p>
            <StateBadge state={consent.state} />
          </p>
          <p id="sentence">{sentenceOf(consent)}</p>
          <StateMachine detail={detail} />
          <div class="actions">
            {actionsFor(context, detail).map((name) => (
              <a
                key={name}
                class="button quiet"
                href={`${context.base}/console/consents/${consent.id}/${name}`}
              >
                {BUTTONS[name]}
              </a>
            ))}
          </div>
        </div>
        <div class="two section">
          <About context={context} detail={detail} />
          <div class="stack">
            <Tokens detail={detail} />
            <section class="card" aria-labelledby="accounts">
              <h2 id="accounts">Accounts</h2>
              {ibans.length === 0 ? (
                <p class="soft">None is known. The bank lists them once there is a pair.</p>
              ) : (
                <ul>
                  {ibans.map((iban) => (
                    <li key={iban} class="mono">
                      {maskIban(iban)}
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </div>
        </div>
        <RelatedConsents context={context} detail={detail} />
        <TokenReadersList detail={detail} />
        <BankCalls calls={detail.calls} isAll={detail.isAllCalls} />
        {actions.length > 0 && (
          <section class="section" aria-labelledby="acted">
            <h2 id="acted">What people did in the console</h2>
            <Table
              caption="Actions in the console"
              headings={['When', 'Who', 'What', 'Why']}
              rows={actions.map((action) => [
                <Moment key="at" at={action.at} />,
                action.name,
                ADMIN_ACTIONS[action.action as keyof typeof ADMIN_ACTIONS],
                <span key="why" class="wrap">
                  {action.reason ?? '–'}
                </span>,
              ])}
            />
          </section>
        )}
        <Timeline context={context} detail={detail} isFull={isFull} />
      </>
    ),
  });
}
