import { PageDocument, renderDocument, type PageBrand } from '@consent-hub/platform';
import { BRAND_NAMES, BRANDS, listBrands, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import type { BankContact } from './bank-contact.recorder.js';
import { FRONT_PAGE_STYLE } from './front-page-style.js';
import type { BrandStatusView, FrontPageView, Refreshing } from './front-page.view.js';

/** In two words, with the colour of their meaning. */
const STATES: Readonly<Record<Refreshing, { readonly text: string; readonly colour: string }>> = {
  running: { text: 'Refreshing', colour: 'live' },
  paused: { text: 'Paused', colour: 'lost' },
  resuming: { text: 'Resuming', colour: 'doubt' },
  unknown: { text: 'Unknown', colour: 'ended' },
};

const REFRESHING_TEXTS: Readonly<Record<Refreshing, string>> = {
  running: 'Tokens are refreshed on schedule.',
  paused: 'Scheduled refreshes are paused: the circuit breaker is open.',
  resuming: 'Scheduled refreshes begin again, a few at a time.',
  unknown: 'Whether tokens are refreshed is unknown: the database does not answer.',
};

const CONTACT_TEXTS: Readonly<Record<BankContact, string>> = {
  reachable: 'The bank answered the last call of this hub.',
  unreachable: 'The bank did not answer the last call of this hub.',
  unknown: 'This hub has not called the bank since it started.',
};

/** A circuit breaker that is closed says little where the bank does not answer. */
const stateOf = ({ refreshes, bank }: BrandStatusView) =>
  refreshes === 'running' && bank === 'unreachable'
    ? { text: 'No answer', colour: 'doubt' }
    : STATES[refreshes];

function BrandStatus({ brand, ...status }: BrandStatusView & { readonly brand: Brand }): JSX.Element {
  const { text, colour } = stateOf(status);
  return (
    <section class="card" id={brand}>
      <h2>
        {BRAND_NAMES[brand]} <span class={`status ${colour}`}>{text}</span>
      </h2>
      <p>
        {REFRESHING_TEXTS[status.refreshes]} {CONTACT_TEXTS[status.bank]}
      </p>
    </section>
  );
}

const Door = ({ href, name, text }: Readonly<Record<'href' | 'name' | 'text', string>>): JSX.Element => (
  <li>
    <a href={href}>
      <b>{name}</b>
      <span>{text}</span>
    </a>
  </li>
);

const Doors = ({ links }: Pick<FrontPageView, 'links'>): JSX.Element => (
  <ul class="doors">
    <Door href={links.documentation} name="Reference" text="Every call, with samples" />
    <Door href={links.errors} name="Errors" text="What each code means, and what to do" />
    <Door href={links.guides} name="Guides" text="To begin, to run hubs, to rely on them" />
    {links.console !== undefined && (
      <Door href={links.console} name="Console" text="For admins, who sign in" />
    )}
    {links.sandbox !== undefined && (
      <Door href={links.sandbox} name="Sandbox bank" text="Its customers, faults and ledger" />
    )}
  </ul>
);

const FrontPage = ({
  brands,
  links,
  brand: ours,
}: FrontPageView & { readonly brand: PageBrand }): JSX.Element => (
  <PageDocument language="en" title="Consent Hub" brand={ours} style={FRONT_PAGE_STYLE}>
    <main class="own">
      <h1>Consent Hub</h1>
      <p class="lead">
        Opens PSD2 consents at {listBrands('conjunction')}, keeps their tokens fresh, and hands valid access
        tokens to the services of {ours.name ?? 'this provider'}.
      </p>
      <div class="states">
        {BRANDS.map((brand) => (
          <BrandStatus key={brand} brand={brand} {...brands[brand]} />
        ))}
      </div>
      <h2>Where to go</h2>
      <Doors links={links} />
      <p class="note">
        For programs: <a href={links.description}>openapi.json</a>, <a href={links.live}>health/live</a>,{' '}
        <a href={links.ready}>health/ready</a>
      </p>
    </main>
  </PageDocument>
);

export const renderFrontPage = (view: FrontPageView, brand: PageBrand): string =>
  renderDocument(<FrontPage {...view} brand={brand} />);
