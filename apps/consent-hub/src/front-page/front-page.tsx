import { PageDocument, renderDocument, type PageBrand } from '@consent-hub/platform';
import { BRAND_NAMES, BRANDS, listBrands, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import type { BankContact } from './bank-contact.recorder.js';
import type { BrandStatusView, FrontPageView, Refreshing } from './front-page.view.js';

const REFRESHING_TEXTS: Readonly<Record<Refreshing, string>> = {
  running: 'Tokens are refreshed on schedule.',
  paused: 'Scheduled refreshes are paused by the circuit breaker: too many failed.',
  resuming: 'Scheduled refreshes begin again, a few at a time.',
  unknown: 'Whether tokens are refreshed is unknown: the database does not answer.',
};

const CONTACT_TEXTS: Readonly<Record<BankContact, string>> = {
  reachable: 'The bank answered the last call of this hub.',
  unreachable: 'The bank did not answer the last call of this hub.',
  unknown: 'This hub has not called the bank since it started.',
};

function BrandStatus({ brand, refreshes, bank }: BrandStatusView & { readonly brand: Brand }): JSX.Element {
  const isWell = refreshes === 'running' && bank !== 'unreachable';
  return (
    <section class={isWell ? 'good' : 'bad'} id={brand}>
      <h2>{BRAND_NAMES[brand]}</h2>
      <p>
        {REFRESHING_TEXTS[refreshes]} {CONTACT_TEXTS[bank]}
      </p>
    </section>
  );
}

const FrontPage = ({
  brands,
  links,
  brand: ours,
}: FrontPageView & { readonly brand: PageBrand }): JSX.Element => (
  <PageDocument language="en" title="Consent Hub" brand={ours}>
    <main class="wide">
      <h1>Consent Hub</h1>
      <p>
        Opens PSD2 consents at {listBrands('conjunction')}, keeps their tokens fresh, and hands valid access
        tokens to the services of this provider.
      </p>
      {BRANDS.map((brand) => (
        <BrandStatus key={brand} brand={brand} {...brands[brand]} />
      ))}
      <ul>
        <li>
          <a href={links.documentation}>The API, to read and to try</a>, and{' '}
          <a href={links.description}>for machines</a>
        </li>
        <li>
          Health: <a href={links.live}>live</a>, <a href={links.ready}>ready</a>
        </li>
        <li>How it is set up, run and used: README.md, beside its code</li>
      </ul>
    </main>
  </PageDocument>
);

export const renderFrontPage = (view: FrontPageView, brand: PageBrand): string =>
  renderDocument(<FrontPage {...view} brand={brand} />);
