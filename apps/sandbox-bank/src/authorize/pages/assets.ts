import { createHash } from 'node:crypto';
import { BRANDS, perBrand, type Brand } from '@consent-hub/psd2-protocol';
import { BRAND_PROFILES } from '../../model/brands.js';

const BRAND_RULES = BRANDS.map((brand) => {
  const { main, strong, tint } = BRAND_PROFILES[brand].colours;
  return `[data-brand='${brand}'] { --head: ${main}; --brand: ${main}; --brand-strong: ${strong}; --brand-tint: ${tint}; }`;
}).join('\n');
/** The same colours on a dark ground: light enough to be read there. */
const DARK_BRAND_RULES = BRANDS.map((brand) => {
  const { main, strong } = BRAND_PROFILES[brand].colours;
  return `  [data-brand='${brand}'] { --head: ${strong}; --brand: color-mix(in srgb, ${main} 35%, #fff); --brand-strong: color-mix(in srgb, ${main} 15%, #fff); --brand-tint: color-mix(in srgb, ${main} 35%, #1a1d24); }`;
}).join('\n');

/** The stylesheet of the PSU's pages. Text has a contrast of 4.5:1 or better, borders of fields 3:1. */
export const STYLESHEET = `
:root {
  --ink: #1b2127;
  --muted: #515b65;
  --line: #d8dde2;
  --edge: #7a8590;
  --ground: #eef1f4;
  --card: #fff;
  --danger: #a61b1b;
  --danger-tint: #fdf2f2;
  --brand: #3b444d;
  --brand-strong: #262d34;
  --brand-tint: #eef1f3;
  --head: #3b444d;
  --on-brand: #fff;
  --notice: #fff6dc;
  --radius: 0.625rem;
}
${BRAND_RULES}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #eceef2; --muted: #b4bac5; --line: #30343d; --edge: #7d8491; --ground: #111318; --card: #1a1d24;
    --danger: #ff9d94; --danger-tint: #3a2022; --brand: #c3cad3; --brand-strong: #e2e6eb; --brand-tint: #252a33;
    --head: #262d34; --on-brand: #111318; --notice: #3a2f17;
  }
${DARK_BRAND_RULES}
}

*, *::before, *::after { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--ink);
  font: 400 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
h1, h2, p, dl, dd, ul, ol, fieldset { margin: 0; padding: 0; }
h1 { font-size: 1.625rem; line-height: 1.25; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.0625rem; line-height: 1.4; }
a { color: var(--brand); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; border-radius: 0.25rem; }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--card); z-index: 1; }
.skip:focus { top: 0.5rem; }

.banner {
  display: flex;
  gap: 0.75rem;
  align-items: center;
  justify-content: center;
  padding: 0.5rem 1rem;
  background: #20262c;
  color: #fff;
  font-size: 0.875rem;
  line-height: 1.35;
}
.banner strong {
  flex: none;
  padding: 0.125rem 0.5rem;
  border-radius: 0.25rem;
  background: #ffd34d;
  color: #20262c;
  font-size: 0.75rem;
  letter-spacing: 0.08em;
}
.masthead {
  display: flex;
  justify-content: space-between;
  align-items: center;
  padding: 0.75rem max(1rem, calc((100% - 38rem) / 2));
  background: var(--head);
  color: #fff;
}
.masthead :focus-visible { outline-color: #fff; }
.brand { font-size: 1.375rem; font-weight: 700; letter-spacing: -0.02em; }
.brand span { font-size: 0.9375rem; font-weight: 400; letter-spacing: 0; }
.languages ul { display: flex; gap: 0.25rem; list-style: none; }
.languages a {
  display: block;
  min-width: 2.5rem;
  padding: 0.5rem 0.25rem;
  border-radius: 0.375rem;
  color: #fff;
  font-size: 0.9375rem;
  text-align: center;
  text-decoration: none;
}
.languages a:hover { background: rgb(0 0 0 / 30%); }
.languages [aria-current], .languages [aria-current]:hover { background: #fff; color: #1b2127; font-weight: 700; }

main { flex: 1; width: 100%; padding: 1.25rem 1rem 1.5rem; background: var(--card); }
.progress { display: flex; gap: 0.5rem; margin-bottom: 1.5rem; list-style: none; counter-reset: step; }
.progress li {
  flex: 1;
  padding-top: 0.5rem;
  border-top: 4px solid var(--line);
  color: var(--muted);
  font-size: 0.875rem;
  counter-increment: step;
}
.progress li::before { content: counter(step) '. '; }
.progress .done { border-color: var(--brand); }
.progress [aria-current] { border-color: var(--brand); color: var(--brand-strong); font-weight: 700; }
.lead { margin-top: 0.5rem; color: var(--muted); font-size: 1.0625rem; overflow-wrap: anywhere; }
.lead + p { margin-top: 1rem; }

fieldset { min-width: 0; border: 0; }
form, .request, .one-time, .notice { margin-top: 1.5rem; }
legend, form h2, .field label { padding: 0; font-size: 1.0625rem; font-weight: 700; }
.hint { color: var(--muted); font-size: 0.9375rem; }
.tile {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  align-items: flex-start;
  margin-top: 0.625rem;
  padding: 0.875rem 1rem;
  border: 1px solid var(--edge);
  border-radius: var(--radius);
  background: var(--card);
}
label.tile { cursor: pointer; }
label.tile:not(.disabled):hover { border-color: var(--brand); }
.tile:has(input:checked) { border-color: var(--brand); background: var(--brand-tint); box-shadow: inset 0 0 0 1px var(--brand); }
.tile:has(input:focus-visible) { outline: 3px solid var(--brand); outline-offset: 2px; }
.tile input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--brand); }
.tile input:focus-visible { outline: none; }
.tile.disabled { border-style: dashed; background: var(--ground); color: var(--muted); cursor: not-allowed; }
.what { display: flex; flex: 1 1 12rem; flex-direction: column; min-width: 0; overflow-wrap: anywhere; }
.name { font-weight: 600; }
.iban { font-variant-numeric: tabular-nums; white-space: nowrap; }
.iban, .detail, .reason { font-size: 0.9375rem; }
.detail { color: var(--muted); }
.reason { margin-top: 0.25rem; font-style: italic; }
.balance { flex: 0 0 100%; text-align: right; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }

.only-you { display: block; color: var(--muted); font-size: 0.8125rem; font-weight: 400; }

.request { border-radius: var(--radius); background: var(--brand-tint); }
.request div { display: grid; gap: 0 1rem; padding: 0.625rem 1rem; }
.request div + div { border-top: 1px solid var(--card); }
.request dt { color: var(--muted); font-size: 0.875rem; }
.request dd { overflow-wrap: anywhere; }
.request .who { font-weight: 700; }
.request .amount { font-size: 1.375rem; font-weight: 700; font-variant-numeric: tabular-nums; }
.one-time {
  display: flex;
  flex-direction: column;
  gap: 0.25rem;
  align-items: center;
  padding: 1.25rem;
  border: 2px dashed var(--brand);
  border-radius: var(--radius);
  background: var(--brand-tint);
  text-align: center;
}
.one-time strong { font: 700 2rem/1.2 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; letter-spacing: 0.12em; }
.field label { display: block; }
.field input {
  width: 100%;
  max-width: 14rem;
  min-height: 3rem;
  margin-top: 0.5rem;
  padding: 0.5rem 0.875rem;
  border: 1px solid var(--edge);
  border-radius: var(--radius);
  background: var(--card);
  color: inherit;
  font: 400 1.375rem/1.2 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  letter-spacing: 0.12em;
}
.field input[aria-invalid] { border: 2px solid var(--danger); }
.field-error { margin-top: 0.25rem; color: var(--danger); font-weight: 600; }
.error-summary { margin-bottom: 1.5rem; padding: 0.875rem 1rem; border: 2px solid var(--danger); border-radius: var(--radius); background: var(--danger-tint); }
.error-summary a { color: var(--danger); font-weight: 600; }
.notice { padding: 1rem; border-radius: var(--radius); background: var(--notice); }
.notice p { margin-top: 0.25rem; overflow-wrap: anywhere; }

.actions { display: flex; flex-direction: column; gap: 0.75rem; margin-top: 1.5rem; }
button, .button {
  display: block;
  min-height: 3rem;
  padding: 0.625rem 1.5rem;
  border: 1px solid transparent;
  border-radius: var(--radius);
  background: none;
  color: var(--brand);
  font: inherit;
  font-size: 1.0625rem;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
.primary { background: var(--brand); color: var(--on-brand); }
.primary:hover { background: var(--brand-strong); }
.secondary { border-color: var(--brand); background: var(--card); }
.secondary:hover, .small:hover { background: var(--brand-tint); }
.cancel { margin-top: 0.75rem; }
.quiet { width: 100%; font-weight: 400; font-size: 1rem; text-decoration: underline; text-underline-offset: 0.15em; overflow-wrap: anywhere; }
.quiet:hover { color: var(--brand-strong); text-decoration-thickness: 2px; }
.small { min-height: 2.5rem; margin-top: 0.75rem; padding: 0.375rem 1rem; border-color: var(--edge); background: var(--card); font-size: 0.9375rem; }
.developers { margin-top: 2rem; padding-top: 0.75rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.9375rem; }
.developers summary { padding: 0.375rem 0; width: fit-content; cursor: pointer; }
.developers form { margin-top: 0.5rem; }
footer {
  width: 100%;
  max-width: 40rem;
  margin: 0 auto;
  padding: 1rem;
  color: var(--muted);
  font-size: 0.8125rem;
  text-align: center;
}

@media (min-width: 36rem) {
  main {
    flex: none;
    max-width: 42rem;
    margin: 2rem auto 0.5rem;
    padding: 2rem 2rem 1.5rem;
    border-radius: 1rem;
    box-shadow: 0 1px 2px rgb(27 33 39 / 8%), 0 8px 24px rgb(27 33 39 / 6%);
  }
  h1 { font-size: 2rem; }
  .request div { grid-template-columns: 8rem 1fr; align-items: baseline; }
  .tile { flex-wrap: nowrap; align-items: center; }
  .balance { flex: none; margin-left: auto; }
  .actions { flex-direction: row; }
  .quiet { width: auto; padding-inline: 0; }
  .customers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.625rem; }
  .customers legend { margin-bottom: 0.625rem; }
  .customers .tile { margin: 0; padding: 0.5rem 0.875rem; }
  .customers + .actions { position: sticky; bottom: 0; margin: 0.5rem -2rem 0; padding: 0.75rem 2rem; background: var(--card); border-top: 1px solid var(--line); }
  .customers .field-error { grid-column: 1 / -1; }
}
@media (forced-colors: active) {
  .tile:has(input:checked) { outline: 2px solid; }
  .progress [aria-current] { border-color: Highlight; }
}
`;

const icon = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/><path d="M9 11h14M9 16h14M9 21h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;

interface Asset {
  readonly type: string;
  readonly body: string;
}

const named = (stem: string, extension: string, body: string): string =>
  `${stem}-${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${extension}`;

const stylesheetName = named('pages', 'css', STYLESHEET);
const icons = { ...perBrand((brand) => icon(BRAND_PROFILES[brand].colours.main)), none: icon('#3b444d') };
const iconName = (brand: Brand | null): string => named('icon', 'svg', icons[brand ?? 'none']);

/** Files of the pages by name. The name holds the hash of the content, so that a browser may cache the file for ever. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  [stylesheetName, { type: 'text/css; charset=utf-8', body: STYLESHEET }],
  ...Object.values(icons).map((body): [string, Asset] => [
    named('icon', 'svg', body),
    { type: 'image/svg+xml', body },
  ]),
]);

export const STYLESHEET_PATH = `/authorize/assets/${stylesheetName}`;
export const iconPath = (brand: Brand | null): string => `/authorize/assets/${iconName(brand)}`;
