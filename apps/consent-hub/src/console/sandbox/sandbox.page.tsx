import { isEnded, isLive } from '@consent-hub/consent';
import { renderDocument } from '@consent-hub/platform';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { Timeline } from '../consents/timeline.js';
import type { ConsentDetail } from '../consents/consent-detail.service.js';
import { mayActAs } from '../access/console-role.js';
import { renderFrame, type PageContext } from '../frame/frame.js';
import { Badge, Empty, maskIban, number, StateBadge } from '../frame/parts.js';
import type { SandboxFault, SandboxOutcomes } from './bank-control.client.js';
import type { SandboxNow } from './sandbox.service.js';

const counted = (count: number, one: string, many: string): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** What the person has before them, by where the consent stands. */
function screenOf({ consent: { state, scope } }: ConsentDetail): {
  readonly title: string;
  readonly text: string;
} {
  if (state === 'initiated')
    return {
      title: scope === 'CAF' ? 'Allow funds checks?' : 'Share your accounts?',
      text: 'The link waits: the person has not decided yet.',
    };
  if (state === 'authorized') return { title: 'Thank you', text: 'Approved. The hub exchanges the code.' };
  if (isLive(state)) return { title: 'You share', text: 'The person approved, and the tokens are here.' };
  if (state === 'rejected') return { title: 'You refused', text: 'Nothing is shared.' };
  return { title: 'Nothing is shared', text: `The consent has ended: ${state}.` };
}

interface Shown extends SandboxNow {
  readonly context: PageContext;
}

const Phone = ({ newest, link, url, context }: Shown & { readonly newest: ConsentDetail }): JSX.Element => {
  const { title, text } = screenOf(newest);
  const { consent, ibans } = newest;
  return (
    <section class="phone" aria-label="The phone of the person">
      <p class="phone-bank">
        {BRAND_NAMES[consent.brand]} <span>sandbox</span>
      </p>
      <h2>{title}</h2>
      <p>{text}</p>
      {link !== null && mayActAs(context.session, 'operator') && (
        <p>
          <a class="button" href={link} target="_blank" rel="noopener">
            Go to the bank
          </a>
        </p>
      )}
      {!isEnded(consent.state) && ibans.length > 0 && (
        <ul>
          {ibans.map((iban) => (
            <li key={iban}>{maskIban(iban)}</li>
          ))}
        </ul>
      )}
      <p>
        <a class="button quiet" href={`${url}/#withdrawals`}>
          Customers of the bank
        </a>
      </p>
    </section>
  );
};

const Fault = ({ fault, url }: { readonly fault: SandboxFault; readonly url: string }): JSX.Element => (
  <article class="card fault-card" aria-label={fault.name}>
    <h3>
      <code>{fault.name}</code> {fault.is_set && <Badge meaning="wait">set</Badge>}
    </h3>
    <p class="soft">{fault.does}</p>
    <dl class="facts">
      <dt>Expected</dt>
      <dd>{fault.expected}</dd>
      <dt>Actual</dt>
      <dd class={fault.strikes === 0 ? 'soft' : fault.double_spends === 0 ? 'good' : 'bad'}>
        {fault.strikes === 0
          ? 'Not applied yet'
          : `Applied ${counted(fault.strikes, 'time', 'times')}; since then ${counted(fault.double_spends, 'double spend', 'double spends')}, ${counted(fault.probes, 'careful probe', 'careful probes')}`}
      </dd>
    </dl>
    <p>
      <a href={`${url}/#faults`}>Set it on the control page</a>
    </p>
  </article>
);

const Outcomes = ({ outcomes, url }: { readonly outcomes: SandboxOutcomes | null; readonly url: string }) => (
  <section class="section" aria-labelledby="faults">
    <h2 id="faults">Faults</h2>
    {outcomes === null ? (
      <Empty>
        <p>
          The sandbox bank does not answer this hub. Its pages are at <a href={`${url}/`}>{url}</a>.
        </p>
      </Empty>
    ) : (
      <>
        <p class={outcomes.double_spends === 0 ? 'good' : 'bad'}>
          <b>
            {counted(outcomes.double_spends, 'double spend', 'double spends')} in{' '}
            {counted(outcomes.strikes, 'fault', 'faults')}
          </b>
          <span class="soft">
            {' '}
            – {counted(outcomes.probes_after_lost_answer, 'careful probe', 'careful probes')} after a lost
            answer
          </span>
        </p>
        <div class="fault-cards">
          {outcomes.faults.map((fault) => (
            <Fault key={fault.name} fault={fault} url={url} />
          ))}
        </div>
      </>
    )}
  </section>
);

const Newest = (shown: Shown): JSX.Element => {
  const { newest, context } = shown;
  return newest === null ? (
    <Empty>
      <p>
        There is no consent yet. Open one here, as an operator, or by <code>POST /v1/consents</code>, as the
        guide <a href={`${context.base}/docs/guides/stories/platform-team`}>for a platform team</a> shows: it
        appears here.
      </p>
    </Empty>
  ) : (
    <div class="phone-and-timeline">
      <Phone {...shown} newest={newest} />
      <div>
        <p>
          The newest consent: <StateBadge state={newest.consent.state} /> {newest.consent.scope} of{' '}
          <a href={`${context.base}/console/consents/${newest.consent.id}`}>{newest.consent.psuRef}</a>
        </p>
        <Timeline context={context} detail={newest} isFull={false} />
      </div>
    </div>
  );
};

const Now = (props: Shown): JSX.Element => (
  <>
    <Newest {...props} />
    <Outcomes {...props} />
  </>
);

/** The part of the page that changes. */
export const renderSandboxNow = (context: PageContext, now: SandboxNow): string =>
  renderDocument(<Now context={context} {...now} />).replace('<!doctype html>', '');

/** @param isOpened whether the person has just opened a consent */
export const renderSandbox = (context: PageContext, now: SandboxNow, isOpened: boolean): string =>
  renderFrame({
    ...{ context, title: 'Sandbox', page: 'sandbox', asOf: now.asOf, isLive: true },
    children: (
      <>
        {isOpened && (
          <p class="notice" role="status">
            The consent is open. Go to the bank on the phone below, and log in there as the customer. The
            opening is in the audit.
          </p>
        )}
        <div class="bar">
          <p class="soft">
            The bank is the sandbox: <a href={`${now.url}/`}>its control page</a> sets faults and plays its
            customers.
          </p>
          {mayActAs(context.session, 'operator') && (
            <div class="actions">
              <a class="button quiet" href={`${context.base}/console/sandbox/open`}>
                Open a consent…
              </a>
            </div>
          )}
        </div>
        <div id="now" data-poll={`${context.base}/console/sandbox/now`} data-every="2">
          <Now context={context} {...now} />
        </div>
      </>
    ),
  });
