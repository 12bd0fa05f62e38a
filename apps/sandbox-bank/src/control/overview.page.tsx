import { createHash } from 'node:crypto';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { LivePair } from '../books/ledger.js';
import type { PsuAccount } from '../books/psu-book.js';
import type { Customer, Overview } from './overview.service.js';

const STYLE = `
  body { margin: 0 auto; max-width: 64rem; padding: 1.5rem; color: #1b2127; font: 1rem/1.5 system-ui, sans-serif; }
  table { border-collapse: collapse; width: 100%; }
  th, td { padding: 0.375rem 0.75rem 0.375rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #d8dde2; }
  ul { margin: 0; padding: 0; list-style: none; }
  section { overflow-x: auto; }
  .muted { color: #515b65; }
`;

/** One style by its hash, and nothing else. */
export const OVERVIEW_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const BRAND_NAME: Readonly<Record<Brand, string>> = { belfius: 'Belfius', banx: 'Banx' };

/** Preact escapes whatever text it is given. */
export const renderOverview = (overview: Overview): string =>
  `<!doctype html>${renderToString(<Page {...overview} />)}`;

const Page = ({ customers, pairs }: Overview): JSX.Element => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Sandbox bank</title>
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
    </head>
    <body>
      <h1>Sandbox bank</h1>
      <p>
        A stand-in for Belfius and Banx on this machine. Nobody here exists, and nothing here is worth
        anything.
      </p>
      <h2>Told what to do</h2>
      <dl>
        <dt>
          <code>POST /sandbox/authorizations</code>
        </dt>
        <dd>
          Plays the customer: <code>consent_uri</code>, <code>decision</code> (<code>approve</code>,{' '}
          <code>refuse</code>, <code>fail</code>), and, if you like, <code>psu</code> (an id from below; else
          the first who can) and <code>ibans</code> (else all that can be opened). Each customer has one live
          pair per client and scope.
        </dd>
        <dt>
          <code>GET /sandbox/ledger</code>
        </dt>
        <dd>What the bank has granted, and what was sent to it twice.</dd>
        <dt>
          <code>POST /sandbox/reset</code>
        </dt>
        <dd>Forgets every authorization and token; customers and clients stay.</dd>
      </dl>
      {BRANDS.map((brand) => (
        <Customers brand={brand} customers={customers[brand]} />
      ))}
      <Pairs pairs={pairs} />
    </body>
  </html>
);

const Customers = ({ brand, customers }: { brand: Brand; customers: readonly Customer[] }): JSX.Element => (
  <section>
    <h2>Customers of {BRAND_NAME[brand]}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Id</th>
          <th scope="col">Name</th>
          <th scope="col">Accounts</th>
        </tr>
      </thead>
      <tbody>
        {customers.map(({ id, name, accounts }) => (
          <tr>
            <td>{id}</td>
            <td>{name}</td>
            <td>
              {accounts.length === 0 ? <span class="muted">none</span> : <Accounts accounts={accounts} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Accounts = ({ accounts }: { accounts: readonly PsuAccount[] }): JSX.Element => (
  <ul>
    {accounts.map(({ iban, label, balance, currency, eligible }) => (
      <li class={eligible ? '' : 'muted'}>
        {iban} {label}, {balance} {currency}
        {eligible ? '' : ' (not open to TPPs)'}
      </li>
    ))}
  </ul>
);

const Pairs = ({ pairs }: { pairs: readonly LivePair[] }): JSX.Element => (
  <section>
    <h2>Live token pairs</h2>
    {pairs.length === 0 ? (
      <p class="muted">None.</p>
    ) : (
      <table>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">Customer</th>
            <th scope="col">Scope</th>
            <th scope="col">Generation</th>
            <th scope="col">Accounts</th>
            <th scope="col">Access until</th>
            <th scope="col">Consent until</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <tr>
              <td>
                {BRAND_NAME[pair.brand]} {pair.clientId}
              </td>
              <td>{pair.psuName}</td>
              <td>{pair.scope}</td>
              <td>{pair.generation}</td>
              <td>{pair.ibans.join(', ')}</td>
              <td>{pair.accessExpiresAt.toISOString()}</td>
              <td>{pair.consentExpiresAt.toISOString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
);
