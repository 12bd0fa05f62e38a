import { PAGE_STYLE } from '@consent-hub/platform';

/** The style of the pages for developers: that of all pages of the hub, and what a reference needs in addition. */
export const DOCUMENTATION_STYLE = `${PAGE_STYLE}
:root { --code: #e9ecf1; --wide: 84rem; }
@media (prefers-color-scheme: dark) { :root { --code: #252a33; } }
html { scroll-padding-top: var(--s4); }
.brand > *, .brand .row { max-width: var(--wide); }
.brand .row { flex-wrap: wrap; }
.brand nav { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s5); font-size: var(--small); font-weight: 400; }
.brand nav a[aria-current] { font-weight: 600; text-decoration: none; }
.docs { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: var(--s6); width: 100%; max-width: var(--wide); margin: 0 auto; padding: 0 var(--s5); }
.docs main { width: auto; max-width: none; margin: 0; padding: var(--s6) 0 var(--s7); border: 0; background: none; text-align: left; }
.docs main > p { color: var(--ink); max-width: 46rem; }
.docs main > p + p, .docs main > :is(ul, ol) { margin-top: var(--s3); }
.docs h2 { margin: var(--s7) 0 var(--s3); font-size: var(--large); }
.docs h3 { margin: var(--s5) 0 var(--s2); font-size: var(--text); }
.docs h4 { margin: var(--s4) 0 var(--s2); font-size: var(--small); color: var(--soft); font-weight: 600; }
.docs li + li { margin-top: var(--s1); }
.docs ul, .docs ol { padding-left: var(--s5); }
.contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: var(--s6) var(--s4) var(--s6) 0; font-size: var(--small); }
.contents ul { list-style: none; padding: 0; }
.contents li li { margin: 0; }
.contents > ul > li + li { margin-top: var(--s4); }
.contents li li a { display: block; padding: var(--s1) 0; color: var(--soft); text-decoration: none; }
.contents a:hover { text-decoration: underline; }
.contents a[aria-current] { color: var(--ink); font-weight: 600; }
.contents .group { font-weight: 600; text-decoration: none; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
:not(pre) > code { padding: .05em .25em; border-radius: .25rem; background: var(--code); overflow-wrap: anywhere; }
pre { margin: 0; padding: var(--s3) var(--s4); border: 1px solid var(--line); border-radius: var(--radius); background: var(--code); font-size: .8125rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
pre.wide-text { white-space: pre; overflow-x: auto; }
.call { margin-top: var(--s5); padding: var(--s5); border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
.call > header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: var(--s1) var(--s4); }
.call h3 { margin: 0; font-size: var(--large); }
.call h3 a { text-decoration: none; }
.call .parts { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: var(--s5) var(--s6); margin-top: var(--s4); }
.call .words > :first-child { margin-top: 0; }
.call .words p + p { margin-top: var(--s2); }
.call .samples h4:first-child { margin-top: 0; }
.address { margin-top: var(--s1); overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 3.75rem; color: var(--waiting); font: 700 .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.method.post, .method.patch { color: var(--live); }
.method.delete { color: var(--lost); }
.needs { font-size: var(--small); color: var(--soft); }
.fields { margin: 0; border-top: 1px solid var(--line); }
.fields > div { padding: var(--s2) 0; border-bottom: 1px solid var(--line); }
.fields dt { display: flex; flex-wrap: wrap; gap: 0 var(--s3); align-items: baseline; }
.fields dt .type { font-size: var(--small); color: var(--soft); }
.fields dt .must { font-size: var(--small); color: var(--doubt); }
.fields dd { color: var(--soft); font-size: var(--small); }
.answers { list-style: none; margin: 0; padding: 0; font-size: var(--small); }
.docs ul.answers { padding: 0; }
.answers li { display: grid; grid-template-columns: 3rem minmax(0, 1fr); gap: var(--s2); padding: var(--s2) 0; border-top: 1px solid var(--line); }
.docs .answers li + li { margin: 0; }
.answers .codes { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); }
.status-code { font-weight: 700; font-variant-numeric: tabular-nums; }
.status-code.good { color: var(--live); }
.status-code.bad { color: var(--lost); }
.status-code.wait { color: var(--doubt); }
details { margin-top: var(--s2); }
summary { cursor: pointer; font-size: var(--small); color: var(--soft); }
details > pre { margin-top: var(--s2); }
.entries { display: grid; gap: var(--s4); margin-top: var(--s4); }
.entry { padding: var(--s4) var(--s5); border: 1px solid var(--line); border-left: var(--s1) solid var(--ended); border-radius: var(--radius); background: var(--card); }
.entry.yes { border-left-color: var(--live); }
.entry.after_change { border-left-color: var(--doubt); }
.entry h3 { margin: 0; font-size: var(--text); }
.entry h3 a { text-decoration: none; }
.entry p { margin-top: var(--s1); max-width: 46rem; }
.entry .retry { font-size: var(--small); color: var(--soft); }
.entry:target, .call:target { outline: 3px solid var(--waiting); outline-offset: 2px; }
.doors { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: var(--s4); margin-top: var(--s4); }
.docs ul.doors { list-style: none; padding: 0; }
.docs .doors li { margin: 0; padding: var(--s4); border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
.doors p { font-size: var(--small); color: var(--soft); }
.doors a { font-weight: 600; }
.prose { max-width: 52rem; }
.prose > p, .prose li { max-width: 46rem; }
.prose > * + :is(p, ul, ol, pre, blockquote, .table) { margin-top: var(--s3); }
.prose h2 { margin-top: var(--s6); }
.prose img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: var(--radius); }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
.table table { width: 100%; border-collapse: collapse; font-size: var(--small); }
.table :is(th, td) { padding: var(--s2) var(--s3); border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.table th { white-space: nowrap; }
.table td { min-width: 7rem; }
.table tr:last-child td { border-bottom: 0; }
@media (max-width: 68rem) { .call .parts { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 52rem) {
  .docs { display: block; padding: 0 var(--s4); }
  .contents { position: static; max-height: none; padding: var(--s4) 0 0; }
  .contents li ul { display: none; }
  .contents > ul { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s4); }
  .contents > ul > li + li { margin: 0; }
  .contents.whole li ul { display: block; }
  .contents.whole > ul { display: none; }
  .docs main { padding-top: var(--s5); }
  .call { padding: var(--s4); }
}
`;
