import { PageDocument, renderDocument } from '@consent-hub/platform';
import type { ComponentChildren, JSX } from 'preact';
import type { ConsoleVisit } from '../access/console-access.js';
import { CONSOLE_STYLE } from './console-style.js';
import { LIVE_SCRIPT_PATH } from './live-script.js';
import { Moment } from './parts.js';

/** The pages that there are, in the order of the navigation. */
export const CONSOLE_PAGES = {
  overview: ['Overview', '/console'],
  attention: ['Attention', '/console/attention'],
  consents: ['Consents', '/console/consents'],
  people: ['Person', '/console/people'],
  banks: ['Banks', '/console/banks'],
  refreshes: ['Refresh job', '/console/refreshes'],
  instances: ['Instances', '/console/instances'],
  clients: ['API clients', '/console/clients'],
  webhooks: ['Webhooks', '/console/webhooks'],
  events: ['Events', '/console/events'],
  security: ['Security', '/console/security'],
  audit: ['Audit', '/console/audit'],
  sandbox: ['Sandbox', '/console/sandbox'],
} as const;
export type ConsolePageName = keyof typeof CONSOLE_PAGES;

/** What every page of a signed-in person is given. */
export interface PageContext extends ConsoleVisit {
  /** Path below which the hub is, without a slash at its end. */
  readonly base: string;
}

interface Frame {
  readonly context: PageContext;
  readonly title: string;
  /** Whose link of the navigation is marked. */
  readonly page: ConsolePageName;
  /** When what the page shows was read. */
  readonly asOf?: Date;
  /** Whether a part of the page changes by itself. */
  readonly isLive?: boolean;
  readonly children: ComponentChildren;
}

/** The value that shows that a form is of this session. */
export const Csrf = ({ context: { csrf } }: { readonly context: PageContext }): JSX.Element => (
  <input type="hidden" name="csrf" value={csrf} />
);

const Who = ({ context }: { readonly context: PageContext }): JSX.Element => (
  <form class="who" method="post" action={`${context.base}/console/sign-out`}>
    <span>
      <b>{context.session.name}</b> ·{' '}
      {context.session.roles.filter((role) => role !== 'viewer').join(', ') || 'viewer'}
    </span>
    <Csrf context={context} />
    <button class="quiet small">Sign out</button>
  </form>
);

/** The one of the sandbox only where the bank is the sandbox. */
const pagesOf = ({ hasSandbox }: PageContext) =>
  Object.entries(CONSOLE_PAGES).filter(([name]) => name !== 'sandbox' || hasSandbox);

const Top = ({
  context,
  page,
}: Pick<Frame, 'context'> & { readonly page?: ConsolePageName }): JSX.Element => (
  <header class="top">
    <div>
      <strong>Consent Hub</strong>
      <Who context={context} />
      <nav aria-label="Pages">
        <ul>
          {pagesOf(context).map(([name, [text, path]]) => (
            <li key={name}>
              <a href={context.base + path} aria-current={name === page ? 'page' : undefined}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  </header>
);

/** A page of the console around its content. */
export const renderFrame = ({ context, title, page, asOf, isLive = false, children }: Frame): string =>
  renderDocument(
    <PageDocument
      language="en"
      title={`${title} – Consent Hub`}
      style={CONSOLE_STYLE}
      script={isLive ? context.base + LIVE_SCRIPT_PATH : undefined}
    >
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Top context={context} page={page} />
      <main id="content">
        <div class="head">
          <h1>{title}</h1>
          {isLive && (
            <p class="asof live" id="live-state" role="status">
              Reload for newer figures
            </p>
          )}
          {asOf && (
            <p class="asof" id="as-of">
              As of <Moment at={asOf} exactly />
            </p>
          )}
        </div>
        {children}
      </main>
    </PageDocument>,
  );

interface Card {
  readonly title: string;
  /** Of a person who is signed in. */
  readonly context?: PageContext | undefined;
  readonly children: ComponentChildren;
}

/** A page with one message. */
export const renderCard = ({ title, context, children }: Card): string =>
  renderDocument(
    <PageDocument language="en" title={`${title} – Consent Hub`} style={CONSOLE_STYLE}>
      {context && <Top context={context} />}
      <main class="one">
        <div class="card">
          <h1>{title}</h1>
          {children}
        </div>
      </main>
    </PageDocument>,
  );
