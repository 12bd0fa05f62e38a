import { createHash } from 'node:crypto';
import { listBrands } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { AssumptionBody } from '../control.service.js';
import { Clock } from './clock.js';
import { Calls } from './commands.js';
import { formPath, LIVE_SCRIPT_PATH, type ControlPage } from './control-page.js';
import { Customers } from './customers.js';
import { Faults } from './faults.js';
import { Ledger, Pairs } from './ledger.js';
import { FormOutcome, Section, Table, type Column } from './parts.js';
import { STYLE } from './style.js';

/** One style by its hash, a script and forms of this bank, and nothing else. */
const POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `script-src 'self'`,
  `connect-src 'self'`,
  `img-src data:`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

export const CONTROL_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  // Not `no-referrer`, with which a browser would hide the origin of the page's own forms.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const SECTIONS = [
  ['ledger', 'Ledger'],
  ['pairs', 'Live pairs'],
  ['faults', 'Faults'],
  ['clock', 'Clock'],
  ['withdrawals', 'Customers'],
  ['calls', 'For scripts'],
  ['assumptions', 'Assumptions'],
  ['reset', 'Reset'],
] as const;

/** Preact escapes whatever text it is given. */
export const renderControlPage = (page: ControlPage): string =>
  `<!doctype html>${renderToString(
    <Document failed={page.refused !== null}>
      <Ledger {...page} />
      <Pairs {...page} />
      <Faults {...page} />
      <Clock {...page} />
      <Customers {...page} />
      <Calls {...page} />
      <Assumptions {...page} />
      <Reset {...page} />
    </Document>,
  )}`;

const Document = ({
  failed,
  children,
}: {
  readonly failed: boolean;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>{`${failed ? 'Error: ' : ''}Sandbox bank – control`}</title>
      <link rel="icon" href="data:," />
      {/* A constant of ours: escaped, it would no longer match the hash in the security policy. */}
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      <script src={LIVE_SCRIPT_PATH} defer />
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <aside class="banner" aria-label="Sandbox">
        <strong>SANDBOX</strong>{' '}
        <span>Not a real bank. All persons, accounts and amounts are fictitious.</span>
      </aside>
      <header>
        <h1>
          Sandbox bank <span>{listBrands('conjunction')}</span>
        </h1>
        <p id="live-state">Reload for newer figures</p>
        <nav aria-label="Sections">
          <ul>
            {SECTIONS.map(([id, label]) => (
              <li key={id}>
                <a href={`#${id}`}>{label}</a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="content">{children}</main>
      <footer>
        A simulation for developers, not connected to the bank. Its names only say which interfaces are
        simulated. Scripts find the same under <code>/sandbox/…</code>, in JSON.
      </footer>
    </body>
  </html>
);

const COLUMNS: readonly Column<AssumptionBody>[] = [
  { title: 'Name', cell: ({ name }) => <code>{name}</code> },
  {
    title: 'Chosen',
    cell: ({ chosen, choices }) =>
      chosen === choices[0] ? chosen : <strong>{`${chosen} (set for this bank)`}</strong>,
  },
  { title: 'Instead', cell: ({ chosen, choices }) => choices.filter((each) => each !== chosen).join(', ') },
];

const Assumptions = ({ assumptions: { contract, items } }: Pick<ControlPage, 'assumptions'>): JSX.Element => (
  <Section id="assumptions" title="Where the bank’s pages leave it open">
    <details>
      <summary>Assumptions…</summary>
      <p class="hint">
        Set at the start by <code>SANDBOX_ASSUMPTIONS=name=choice,…</code>. Versions of the bank’s API:{' '}
        {contract === 'all' ? 'every one that was ever recorded' : 'those that are live today'} (
        <code>SANDBOX_CONTRACT={contract}</code>).
      </p>
      <Table title="Assumptions" columns={COLUMNS} rows={items} />
    </details>
  </Section>
);

const Reset = (page: Pick<ControlPage, 'done' | 'refused'>): JSX.Element => (
  <Section id="reset" title="Reset">
    <FormOutcome form="reset" {...page} />
    <details>
      <summary>Empty the bank…</summary>
      <form method="post" action={formPath('reset')}>
        <p>
          Forgets every consent, token, payment, count and fault, and sets the clock back. Customers and
          clients stay. What TPPs still hold is worth nothing afterwards.
        </p>
        <button class="danger">Empty the bank</button>
      </form>
    </details>
  </Section>
);
