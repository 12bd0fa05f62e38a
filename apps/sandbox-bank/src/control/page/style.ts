/** The style of the page. Text has a contrast of 4.5:1 or better, borders of fields 3:1. */
export const STYLE = `
:root {
  --ink: #1b2127; --muted: #515b65; --line: #d8dde2; --edge: #7a8590; --ground: #eef1f4; --card: #fff;
  --danger: #a61b1b; --danger-tint: #fdf2f2; --brand: #3b444d; --brand-strong: #262d34; --brand-tint: #eef1f3;
  --good: #17734a; --good-tint: #e3f4ea; --on-brand: #fff; --head: #3b444d; --radius: 0.625rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #eceef2; --muted: #a9afbb; --line: #30343d; --edge: #7d8491; --ground: #111318; --card: #1a1d24;
    --danger: #ff8a80; --danger-tint: #3a2022; --brand: #c3cad3; --brand-strong: #e2e6eb; --brand-tint: #252a33;
    --good: #5fcf97; --good-tint: #17362a; --on-brand: #111318; --head: #262d34;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 400 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
h1, h2, h3, p, dl, dd, ul, pre { margin: 0; padding: 0; }
h1 { font-size: 1.375rem; letter-spacing: -0.02em; }
h1 span { font-size: 0.9375rem; font-weight: 400; letter-spacing: 0; }
h2 { font-size: 1.25rem; line-height: 1.3; }
h3 { margin-top: 1.5rem; font-size: 1.0625rem; }
a { color: var(--brand); text-underline-offset: 0.15em; }
code { font: 0.875em/1.4 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; border-radius: 0.25rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--card); z-index: 1; }
.skip:focus { top: 0.5rem; }
.banner {
  display: flex; gap: 0.75rem; align-items: center; justify-content: center; padding: 0.5rem 1rem;
  background: #20262c; color: #fff; font-size: 0.875rem; line-height: 1.35;
}
.banner strong {
  flex: none; padding: 0.125rem 0.5rem; border-radius: 0.25rem; background: #ffd34d; color: #20262c;
  font-size: 0.75rem; letter-spacing: 0.08em;
}
header { position: sticky; top: 0; z-index: 1; padding: 0.75rem max(1rem, calc((100% - 70rem) / 2)); background: var(--head); color: #fff; }
header :focus-visible { outline-color: #fff; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin-top: 0.25rem; list-style: none; }
nav a { display: block; padding: 0.375rem 0; color: #fff; font-size: 0.9375rem; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem 0; }
section { scroll-margin-top: 6.5rem; margin-bottom: 1rem; padding: 1.25rem 1rem; background: var(--card); }
section > * + *, form + form { margin-top: 0.75rem; }
.muted, .hint { color: var(--muted); }
.hint { font-size: 0.9375rem; font-weight: 400; }
.iban { font-variant-numeric: tabular-nums; white-space: nowrap; }
.whole { white-space: nowrap; }
.plain { list-style: none; }
#live-state { font-size: 0.8125rem; float: right; }
header h1 { display: inline; }
#verdict { padding: 1rem 1.25rem; border-radius: var(--radius); }
#verdict.good { background: var(--good-tint); }
#verdict.bad { background: var(--danger-tint); }
#verdict .headline { font-size: 1.75rem; font-weight: 700; line-height: 1.2; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.good .headline, dd.good { color: var(--good); }
.bad .headline, dd.bad { color: var(--danger); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.75rem; }
.fault { display: flex; flex-direction: column; gap: 0.5rem; padding: 0.875rem 1rem; border: 1px solid var(--line); border-radius: var(--radius); font-size: 0.9375rem; }
.fault.set { border-left: 4px solid var(--brand); }
.fault h4 { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 0.75rem; margin: 0; font-size: 1rem; }
.fault h4 span { color: var(--muted); font-weight: 400; font-size: 0.875rem; }
.fault .hint { font-size: 0.875rem; }
.fault form { margin-top: auto; }
.outcomes > div { display: grid; grid-template-columns: 4.5rem 1fr; gap: 0.5rem; }
.outcomes > div + div { margin-top: 0.25rem; }
.outcomes dt { color: var(--muted); font-size: 0.875rem; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; }
.counts div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.75rem 1rem; border-radius: var(--radius); background: var(--brand-tint); }
.counts dt { color: var(--muted); font-size: 0.875rem; }
.counts dd { font-size: 1.625rem; font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums; }

table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th { color: var(--muted); font-size: 0.875rem; font-weight: 600; }
th, td { padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; }
@media (max-width: 47.99rem) { header { position: static; } section { scroll-margin-top: 0.5rem; } }
@media (max-width: 63.99rem) {
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { margin-top: 0.625rem; padding: 0.5rem 1rem; border: 1px solid var(--line); border-radius: var(--radius); }
  td { position: relative; min-height: 2rem; padding: 0.25rem 0 0.25rem 7.5rem; border: 0; overflow-wrap: anywhere; }
  td::before { content: attr(data-label); position: absolute; left: 0; width: 7rem; color: var(--muted); font-size: 0.875rem; }
}

.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0.75rem 1rem; align-items: end; }
.inline { display: flex; flex-wrap: wrap; gap: 0.625rem; align-items: end; }
.field { min-width: 0; }
.field label { display: block; font-weight: 600; }
input, select {
  width: 100%; min-height: 2.75rem; margin-top: 0.25rem; padding: 0.5rem 0.75rem; border: 1px solid var(--edge);
  border-radius: var(--radius); background: var(--card); color: inherit; font: inherit;
}
[aria-invalid] { border: 2px solid var(--danger); }
.field-error { margin-top: 0.25rem; color: var(--danger); font-size: 0.9375rem; font-weight: 600; overflow-wrap: anywhere; }
.error-summary { padding: 0.875rem 1rem; border: 2px solid var(--danger); border-radius: var(--radius); background: var(--danger-tint); overflow-wrap: anywhere; }
.notice { padding: 0.75rem 1rem; border-radius: var(--radius); background: var(--good-tint); }
button {
  min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: var(--radius);
  background: var(--card); color: var(--brand); font: inherit; font-weight: 600; cursor: pointer;
}
.primary { background: var(--brand); color: var(--on-brand); }
.primary:hover { background: var(--brand-strong); }
.secondary { border-color: var(--brand); }
.small { white-space: nowrap; padding: 0.375rem 0.875rem; border-color: var(--edge); font-size: 0.9375rem; }
.secondary:hover, .small:hover { background: var(--brand-tint); }
.danger { margin-top: 0.75rem; background: var(--danger); color: var(--card); }
summary { width: fit-content; padding: 0.375rem 0; cursor: pointer; }
.terms > div + div { margin-top: 1rem; }
.terms dt { font-weight: 700; }
pre { margin-top: 0.375rem; padding: 0.75rem 1rem; border-radius: var(--radius); background: var(--brand-tint); white-space: pre-wrap; }
footer { max-width: 40rem; margin: 0 auto; padding: 0.5rem 1rem 1.5rem; color: var(--muted); font-size: 0.8125rem; text-align: center; }
@media (min-width: 48rem) {
  main { padding: 1.5rem 1rem; }
  section { padding: 1.5rem; border-radius: 1rem; box-shadow: 0 1px 2px rgb(27 33 39 / 8%); }
}
`;
