import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { PastVerification } from '@consent-hub/consent';
import type { ComponentChildren, JSX } from 'preact';
import { mayActAs } from '../access/console-role.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Moment, number, Table } from '../frame/parts.js';
import { renderActionForm } from '../frame/action-form.page.js';
import type { SentReason } from '../frame/reason-field.js';
import { actorName } from './actor-name.js';
import { Certificates } from './certificates.js';
import { SECURITY_ACTIONS, type SecurityActionName } from './security-actions.js';
import type { RegisteredErasure } from './past-erasures.service.js';
import type { Security } from './security.service.js';
import { VaultKeysNow } from './vault-keys.js';

interface SecurityPage {
  readonly context: PageContext;
  readonly security: Security;
}

/** So often the part with the keys is read again, milliseconds. */
const KEYS_EVERY_SECONDS = 2;
const BROKEN_SHOWN = 5;

const ActionLink = ({
  context,
  name,
  children,
}: {
  readonly context: PageContext;
  readonly name: SecurityActionName;
  readonly children: ComponentChildren;
}): JSX.Element | null =>
  mayActAs(context.session, 'security') ? (
    <a class="button quiet" href={`${context.base}/console/security/actions/${name}`}>
      {children}
    </a>
  ) : null;

const Head = ({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element => (
  <div class="bar">
    <h2 id={id}>{title}</h2>
    {children && <div class="actions">{children}</div>}
  </div>
);

function stateOf({ endedAt, isOwn, brokenCount }: PastVerification): JSX.Element {
  if (brokenCount > 0) return <Badge meaning="bad">{number(brokenCount)} broken</Badge>;
  if (endedAt) return <Badge meaning="good">all whole</Badge>;
  return isOwn ? <Badge meaning="wait">running</Badge> : <Badge meaning="ended">left unfinished</Badge>;
}

const brokenText = ({ broken, brokenCount }: PastVerification): string =>
  brokenCount === 0
    ? 'none'
    : `${broken
        .slice(0, BROKEN_SHOWN)
        .map(({ consentId, seq, fault }) => `…${consentId.slice(-12)}: entry ${seq} ${fault}`)
        .join('; ')}${brokenCount > BROKEN_SHOWN ? '; …' : ''}`;

function Timelines({ context, security: { verifications, clients } }: SecurityPage): JSX.Element {
  return (
    <section class="section" aria-labelledby="timelines">
      <Head id="timelines" title="Verification of timelines">
        <ActionLink context={context} name="verify">
          Verify now…
        </ActionLink>
      </Head>
      {verifications.length === 0 ? (
        <p class="card soft">
          All timelines were never verified. “Verify now”, or <code>consent-hub timeline verify</code>,
          recomputes every chain; do it once a day.
        </p>
      ) : (
        <Table
          caption="Verifications of all timelines, the latest first"
          headings={['From', 'Until', 'By', '#Chains', '#Entries', 'Result', 'Findings']}
          rows={verifications.map((one) => [
            <Moment key="from" at={one.begunAt} exactly />,
            one.endedAt ? (
              <Moment key="until" at={one.endedAt} exactly />
            ) : (
              <>
                last page <Moment at={one.reachedAt} />
              </>
            ),
            actorName(one.requestedBy, clients),
            number(one.timelines),
            number(one.entries),
            stateOf(one),
            <span key="findings" class="wrap">
              {brokenText(one)}
            </span>,
          ])}
        />
      )}
      <p class="foot">
        Chain and anchor are in the same database: an older copy of the whole verifies.{' '}
        <code>timeline anchor</code> keeps a signed copy elsewhere.
      </p>
    </section>
  );
}

const whyErased = ({ actor, why }: RegisteredErasure): string =>
  why ??
  (actor === 'hub:consent-retention'
    ? 'ended longer ago than CONSENT_RETENTION_DAYS'
    : actor?.startsWith('client:')
      ? 'asked for by POST /v1/erasures'
      : '–');

function Erasures({ context, security: { erasures, clients, next } }: SecurityPage): JSX.Element {
  return (
    <section class="section" aria-labelledby="erasures">
      <Head id="erasures" title="Register of erasures" />
      {erasures.length === 0 ? (
        <p class="card soft">
          Nothing was erased here. <code>POST /v1/erasures</code> forgets a person; what it erases is listed
          without names.
        </p>
      ) : (
        <Table
          caption="Erasures, the latest first"
          headings={['When', 'By', 'Why', '#Consents', 'Banks']}
          rows={erasures.map((one) => [
            <Moment key="at" at={one.at} exactly />,
            actorName(one.actor, clients),
            <span key="why" class="wrap">
              {whyErased(one)}
            </span>,
            number(one.consents),
            one.brands.map((brand) => BRAND_NAMES[brand]).join(', '),
          ])}
        />
      )}
      {next !== null && (
        <p class="actions">
          <a
            class="button quiet"
            rel="next"
            href={`${context.base}/console/security?${new URLSearchParams({ erased_before: next })}#erasures`}
          >
            Earlier erasures
          </a>
        </p>
      )}
    </section>
  );
}

const PARTS = [
  ['certificates', 'Certificates'],
  ['keys', 'Vault keys'],
  ['timelines', 'Verification of timelines'],
  ['erasures', 'Register of erasures'],
] as const;

const Parts = ({ context }: Pick<SecurityPage, 'context'>): JSX.Element => (
  <nav aria-label="Parts of this page">
    <ul class="chips">
      {PARTS.map(([id, title]) => (
        <li key={id}>
          <a class="chip" href={`#${id}`}>
            {title}
          </a>
        </li>
      ))}
      <li>
        <a class="chip" href={`${context.base}/console/audit`}>
          What people did: the audit
        </a>
      </li>
    </ul>
  </nav>
);

/** @param done what was just done */
export const renderSecurity = (
  context: PageContext,
  security: Security,
  done: SecurityActionName | null,
): string =>
  renderFrame({
    context,
    title: 'Security',
    page: 'security',
    asOf: security.asOf,
    isLive: true,
    children: (
      <>
        {done && (
          <p class="notice" role="status">
            {SECURITY_ACTIONS[done].done}
          </p>
        )}
        <Parts context={context} />
        <section class="section" aria-labelledby="certificates">
          <Head id="certificates" title="Certificates of this hub">
            <ActionLink context={context} name="reload">
              Read the files again…
            </ActionLink>
          </Head>
          <Certificates certificates={security.certificates} />
        </section>
        <section class="section" aria-labelledby="keys">
          <Head id="keys" title="Vault keys">
            <ActionLink context={context} name="rotate">
              Rotate…
            </ActionLink>
            <ActionLink context={context} name="reseal">
              Seal all values anew…
            </ActionLink>
          </Head>
          <div id="now" data-poll={`${context.base}/console/security/keys`} data-every={KEYS_EVERY_SECONDS}>
            <VaultKeysNow context={context} keys={security.keys} />
          </div>
        </section>
        <Timelines context={context} security={security} />
        <Erasures context={context} security={security} />
      </>
    ),
  });

/** Asks for a reason before anything is done. */
export function renderSecurityAction(
  context: PageContext,
  {
    name,
    keyId,
    sent,
  }: { readonly name: SecurityActionName; readonly keyId: string; readonly sent?: SentReason },
): string {
  const { title, text, button, isFinal, anchor } = SECURITY_ACTIONS[name];
  return renderActionForm(context, {
    ...{ title, button, isFinal, sent },
    action: `/console/security/actions/${name}`,
    cancel: `/console/security#${anchor}`,
    children: (
      <>
        {name === 'retire' && (
          <p>
            <span class="mono">{keyId}</span>
            <input type="hidden" name="key" value={keyId} />
          </p>
        )}
        <p>{text}</p>
      </>
    ),
  });
}
