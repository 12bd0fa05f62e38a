import { createHash } from 'node:crypto';

/**
 * The one stylesheet of the hub's pages; it travels inside the page, so that nothing else has to be fetched. One scale of type, one
 * of space, one radius; greys, and one colour for each meaning: live, waiting, in doubt, lost, ended.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --ink: #1a1d23; --soft: #565c68; --line: #dcdfe5; --edge: #7d8491;
  --live: #17734a; --waiting: #2456b3; --doubt: #8a5a00; --lost: #b3261e; --ended: #565c68;
  --accent: var(--ink); --on-accent: var(--card);
  --small: .875rem; --text: 1rem; --large: 1.25rem; --title: 1.75rem;
  --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2rem; --s7: 3rem;
  --radius: .625rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111318; --card: #1a1d24; --ink: #eceef2; --soft: #a9afbb; --line: #30343d; --edge: #7d8491;
    --live: #5fcf97; --waiting: #8ab4f8; --doubt: #f0b95b; --lost: #ff8a80; --ended: #a9afbb;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink); font: var(--text)/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; }
h1 { font-size: var(--title); line-height: 1.2; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: var(--large); line-height: 1.3; }
p { text-wrap: pretty; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--waiting); outline-offset: 2px; }
.brand { padding: var(--s4) var(--s5); border-bottom: 3px solid var(--accent); background: var(--card); font-weight: 600; }
.brand > * { display: block; max-width: 46rem; margin: 0 auto; }
.brand img { height: 2rem; width: auto; max-width: 100%; object-fit: contain; object-position: left; margin-left: max(0px, (100% - 46rem) / 2); }
.brand .row { display: flex; justify-content: space-between; align-items: center; gap: var(--s4); }
.brand .row img { margin: 0; }
.brand .link { font-size: var(--small); font-weight: 400; }
main { width: calc(100% - 2 * var(--s5)); max-width: 28rem; margin: auto; padding: var(--s7) var(--s6); border-radius: var(--radius); border: 1px solid var(--line); background: var(--card); text-align: center; }
main > p { color: var(--soft); }
main h1 { margin: 0 0 var(--s3); }
main > svg { width: 4rem; height: 4rem; margin-bottom: var(--s4); }
.good > svg { color: var(--live); }
.wait > svg { color: var(--waiting); }
.way > svg { color: var(--ink); }
.bad > svg { color: var(--lost); }
.none > svg { color: var(--ended); }
.wide { max-width: 40rem; margin-top: var(--s6); margin-bottom: var(--s6); text-align: left; }
.wide section { margin-top: var(--s5); padding-left: var(--s4); border-left: var(--s1) solid var(--soft); }
.wide section.good { border-color: var(--live); }
.wide section.bad { border-color: var(--lost); }
.wide section p { color: var(--soft); }
.wide ul { margin-top: var(--s5); padding-left: var(--s5); }
.wide dt { font-weight: 600; }
.wide dd { margin: 0 0 var(--s4); color: var(--soft); }
.own { max-width: 46rem; margin: 0 auto; padding: var(--s6) 0 var(--s7); border: 0; background: none; text-align: left; }
.own > h1 + section, .own > h1 + .note { margin-top: var(--s5); }
.own > p.lead { margin-bottom: var(--s5); max-width: 38rem; }
.own > h2 { margin: var(--s6) 0 var(--s3); }
.own > nav { margin-bottom: var(--s4); font-size: var(--small); }
.card { padding: var(--s5); border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
.card + .card { margin-top: var(--s4); }
.card header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--s1) var(--s4); margin-bottom: var(--s4); }
.card header p { flex-basis: 100%; color: var(--soft); }
.card h2 + :is(p, ul, ol, dl) { margin-top: var(--s3); }
.card :is(p, ul, dl) + :is(p, ul, ol) { margin-top: var(--s3); }
.card ul { padding-left: var(--s5); }
.card li + li { margin-top: var(--s1); }
.status { display: inline-flex; align-items: center; gap: var(--s2); }
.status::before { content: ""; width: .625rem; height: .625rem; border-radius: 50%; background: currentColor; }
.status.live { color: var(--live); }
.status.waiting { color: var(--waiting); }
.status.doubt { color: var(--doubt); }
.status.lost { color: var(--lost); }
.status.ended { color: var(--ended); }
.facts { display: grid; grid-template-columns: minmax(8rem, 11rem) 1fr; gap: var(--s2) var(--s4); }
.facts dt { color: var(--soft); }
.facts dd { font-variant-numeric: tabular-nums; }
.actions { display: flex; flex-wrap: wrap; gap: var(--s3); margin-top: var(--s5); }
.actions form { display: contents; }
main > .button, main:not(.own) > form { margin-top: var(--s5); }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: var(--s2) var(--s5); border: 1px solid var(--accent); border-radius: var(--radius); background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.button.quiet { border-color: var(--edge); background: var(--card); color: var(--ink); }
.button:hover { text-decoration: underline; }
.search { display: flex; flex-wrap: wrap; align-items: end; gap: var(--s3); margin-bottom: var(--s5); }
.search label { flex: 1 1 14rem; font-weight: 600; }
.search input { display: block; width: 100%; min-height: 2.75rem; margin-top: var(--s1); padding: var(--s2) var(--s3); border: 1px solid var(--edge); border-radius: var(--radius); background: var(--card); color: var(--ink); font: inherit; }
.history { list-style: none; padding: 0; }
.history li { display: grid; grid-template-columns: minmax(8rem, 11rem) 1fr; gap: var(--s1) var(--s4); padding: var(--s2) 0; border-top: 1px solid var(--line); }
.history li:first-child { border-top: 0; }
.history li + li { margin: 0; }
.history time { color: var(--soft); font-variant-numeric: tabular-nums; }
.note { margin-bottom: var(--s5); padding: var(--s4) var(--s5); border: 1px solid var(--line); border-left: var(--s1) solid var(--ended); border-radius: var(--radius); background: var(--card); }
.note.live { border-left-color: var(--live); }
.note.waiting { border-left-color: var(--waiting); }
.note.doubt { border-left-color: var(--doubt); }
.note.lost { border-left-color: var(--lost); }
.foot { padding: var(--s4) var(--s5); border-top: 1px solid var(--line); font-size: var(--small); color: var(--soft); }
.foot > div { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: var(--s2) var(--s5); max-width: 46rem; margin: 0 auto; }
.foot form { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s4); }
.link { min-height: 1.5rem; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-decoration: underline; cursor: pointer; }
.link[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.reference { margin-top: var(--s5); font-size: var(--small); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 36rem) {
  .brand, .foot { padding-left: var(--s4); padding-right: var(--s4); }
  main { width: calc(100% - 2 * var(--s4)); padding: var(--s6) var(--s5); }
  .own { padding: var(--s5) 0; }
  .card { padding: var(--s4); }
  .facts, .history li { grid-template-columns: 1fr; gap: 0; }
  .facts dd + dt { margin-top: var(--s2); }
  .actions .button { flex: 1 1 100%; }
  main > .button, main > form .button { width: 100%; }
}
@media (prefers-color-scheme: dark) {
  /* Logos are drawn for white paper. */
  .brand img { padding: var(--s1) var(--s2); border-radius: var(--radius); background: #fff; height: 2.5rem; }
}
@media (forced-colors: active) { .status::before { forced-color-adjust: none; } }
`;

/** For a security policy: only a style of exactly this text is applied. */
export const styleSource = (style: string): string =>
  `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** For pages with a stylesheet of their own, with forms to this hub and with scripts of its files. */
export const formPagePolicy = (style: string): string =>
  `default-src 'none'; style-src ${styleSource(style)}; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
