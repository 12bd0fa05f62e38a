import { formPagePolicy, PAGE_TOKENS } from '@consent-hub/platform';

const FRAME = `
* { box-sizing: border-box; }
html { scroll-padding-top: var(--s7); }
body { margin: 0; min-height: 100vh; min-height: 100dvh; background: var(--ground); color: var(--ink); font: var(--t2)/1.5 var(--font); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: .2em; text-decoration-color: var(--soft); }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .25rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: var(--s4); top: var(--s2); z-index: 2; padding: var(--s2) var(--s4); background: var(--card); }
.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top > div { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--s2) var(--s5); max-width: 90rem; margin: 0 auto; padding: var(--s3) var(--s5); }
.top strong { font-size: var(--t3); letter-spacing: -.01em; white-space: nowrap; }
.top nav { flex: 1 0 100%; margin: 0 calc(-1 * var(--s3)); overflow-x: auto; }
.top nav ul { display: flex; gap: var(--s1); margin: 0; padding: 0; list-style: none; }
.top nav a { display: block; padding: var(--s1) var(--s3); white-space: nowrap; border-radius: var(--radius); color: var(--soft); text-decoration: none; }
.top nav a:hover { color: var(--ink); background: var(--ended-soft); }
.top nav a[aria-current] { color: var(--ink); background: var(--ended-soft); font-weight: 600; }
.who { display: flex; align-items: center; gap: var(--s3); color: var(--soft); font-size: var(--t1); }
.who b { color: var(--ink); font-weight: 600; }
main { max-width: 90rem; margin: 0 auto; padding: var(--s5) var(--s5) var(--s7); }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: var(--s1) var(--s5); margin-bottom: var(--s5); }
h1 { margin: 0; font-size: var(--t5); line-height: 1.2; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 var(--s3); font-size: var(--t4); line-height: 1.3; letter-spacing: -.01em; }
h3 { margin: 0 0 var(--s1); font-size: var(--t3); line-height: 1.4; }
p { margin: 0 0 var(--s3); max-width: 46rem; text-wrap: pretty; }
p:last-child { margin-bottom: 0; }
.soft, .asof { color: var(--soft); }
.asof { font-size: var(--t1); }
.section { margin-top: var(--s6); }
.card { padding: var(--s5); background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.stack > * + * { margin-top: var(--s4); }
code, .mono { font-family: var(--mono); font-size: .9em; }
.one { max-width: 34rem; margin: var(--s7) auto; padding: 0 var(--s5); }
.one h1 { font-size: var(--t4); margin-bottom: var(--s3); }
.one h2 { font-size: var(--t3); margin-bottom: var(--s1); }
.one ul { margin: 0 0 var(--s3); padding-left: var(--s5); }
.one ul.plain { padding: 0; }
.one .card { padding: var(--s6); }
.foot { margin-top: var(--s5); color: var(--soft); font-size: var(--t1); }
.good { color: var(--good); } .wait { color: var(--wait); } .doubt { color: var(--doubt); } .bad { color: var(--bad); } .ended { color: var(--ended); }
@media print { .top, .screen, .skip { display: none; } .card { border-color: #999; } }
@media (max-width: 40rem) {
  main { padding: var(--s4) var(--s4) var(--s6); }
  .top > div { padding: var(--s2) var(--s4); }
  .top nav a { padding: var(--s1) var(--s2); }
  .card, .one .card { padding: var(--s4); }
  .one { margin: var(--s5) auto; padding: 0 var(--s4); }
  h1 { font-size: var(--t4); }
}`;

const CONTROLS = `
.button, button { display: inline-block; padding: var(--s2) var(--s4); border: 1px solid var(--ink); border-radius: var(--radius); background: var(--ink); color: var(--card); font: inherit; font-weight: 600; line-height: 1.5; text-decoration: none; cursor: pointer; white-space: nowrap; }
.button.quiet, button.quiet { border-color: var(--line); background: var(--card); color: var(--ink); }
.button.quiet:hover, button.quiet:hover { border-color: var(--soft); }
button.danger { border-color: var(--bad); background: var(--bad); }
button.small { padding: 0 var(--s3); font-size: var(--t1); }
.actions { display: flex; flex-wrap: wrap; gap: var(--s2); margin-top: var(--s4); }
label { display: block; margin-bottom: var(--s1); font-size: var(--t1); font-weight: 600; color: var(--soft); }
input, select, textarea { width: 100%; min-height: 2.5rem; padding: var(--s2) var(--s3); border: 1px solid var(--soft); border-radius: var(--radius); background: var(--card); color: var(--ink); font: inherit; }
input[type=checkbox], input[type=radio] { width: 1.125rem; height: 1.125rem; min-height: 0; margin: 0 var(--s2) 0 0; vertical-align: -.2em; accent-color: var(--wait); }
textarea { min-height: 6rem; resize: vertical; }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.fault { margin: var(--s1) 0 0; color: var(--bad); font-weight: 600; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
legend { margin-bottom: var(--s1); padding: 0; font-size: var(--t1); font-weight: 600; color: var(--soft); }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: var(--s4); }
.search { display: grid; grid-template-columns: 1fr auto; gap: var(--s2); }
.chips { display: flex; flex-wrap: wrap; gap: var(--s2); margin: 0; padding: 0; list-style: none; }
.stack > * + .chips { margin-top: var(--s4); }
.chip-groups { display: flex; flex-wrap: wrap; gap: var(--s4) var(--s6); }
.chips label, .chip { position: relative; display: inline-block; margin: 0; padding: var(--s1) var(--s3); border: 1px solid var(--line); border-radius: 99rem; background: var(--card); color: var(--ink); font-size: var(--t1); font-weight: 400; text-decoration: none; cursor: pointer; }
.chip:hover, .chips label:hover { border-color: var(--soft); }
.chip[aria-current], .chips label:has(:checked) { border-color: var(--ink); font-weight: 600; }
.notice { padding: var(--s3) var(--s4); border-radius: var(--radius); border-left: .25rem solid var(--good-fill); background: var(--good-soft); margin-bottom: var(--s5); }
.notice.bad { border-color: var(--bad-fill); background: var(--bad-soft); color: var(--ink); }
.notice.wait { border-color: var(--wait-fill); background: var(--wait-soft); color: var(--ink); }
.secret { padding: var(--s3) var(--s4); border: 1px dashed var(--soft); border-radius: var(--radius); user-select: all; }
.check { display: flex; align-items: flex-start; gap: var(--s1); font-weight: 400; color: var(--ink); font-size: inherit; }
.check input { flex: none; margin-top: .2em; }
.check small { color: var(--soft); font-size: var(--t1); }
details > summary { cursor: pointer; padding: var(--s1) 0; font-weight: 600; }
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--s3); margin: var(--s5) 0 var(--s3); }
.bar p { margin: 0; }`;

const FIGURES = `
.badge { display: inline-block; padding: 0 var(--s2); border-radius: 99rem; font-size: var(--t1); font-weight: 600; line-height: 1.6; white-space: nowrap; background: var(--ended-soft); color: var(--ended); }
.badge.good { background: var(--good-soft); color: var(--good); } .badge.wait { background: var(--wait-soft); color: var(--wait); }
.badge.doubt { background: var(--doubt-soft); color: var(--doubt); } .badge.bad { background: var(--bad-soft); color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: var(--s4); margin: 0; padding: 0; list-style: none; }
@media (min-width: 64rem) { .tiles { grid-template-columns: repeat(5, 1fr); } }
.tile { display: flex; height: 100%; flex-direction: column; padding: var(--s4); background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.tile .name { color: var(--soft); font-size: var(--t1); font-weight: 600; }
.tile .figure { font-size: var(--t5); font-weight: 650; line-height: 1.3; letter-spacing: -.02em; }
.tile .figure.word { font-size: var(--t4); line-height: 1.78; }
.tile .note { color: var(--soft); font-size: var(--t1); }
a.tile { text-decoration: none; } a.tile:hover { border-color: var(--soft); }
.sentences { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: var(--s4); margin-bottom: var(--s4); }
.sentence { max-width: none; margin: 0; padding: var(--s4) var(--s5); background: var(--card); border: 1px solid var(--line); border-left: .25rem solid var(--good-fill); border-radius: var(--radius); color: var(--ink); font-size: var(--t3); }
.sentence.bad { border-left-color: var(--bad-fill); } .sentence.doubt { border-left-color: var(--doubt-fill); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: var(--s4); align-items: start; }
.plot-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--s2) var(--s4); }
.plot-head h2 { font-size: var(--t3); margin-bottom: var(--s1); }
.twin { margin-top: var(--s2); }
.plot-body { display: grid; grid-template-columns: auto 1fr; gap: 0 var(--s2); margin-top: var(--s3); }
.plot-body svg { display: block; width: 100%; height: 11rem; border-bottom: 1px solid var(--soft); } .plot-body.small svg { height: 5.5rem; }
.y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; color: var(--soft); font-size: var(--t1); line-height: 1; }
.x { grid-column: 2; display: flex; justify-content: space-between; padding-top: var(--s1); color: var(--soft); font-size: var(--t1); }
.key { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); margin: var(--s3) 0; padding: 0; list-style: none; color: var(--soft); font-size: var(--t1); }
.key svg { width: .75rem; height: .75rem; margin-right: var(--s1); vertical-align: -.08em; } .key svg.stroke { width: 1.5rem; height: .625rem; vertical-align: 0; }
progress { display: block; width: 100%; height: .75rem; margin: var(--s2) 0 var(--s4); accent-color: var(--wait-fill); }
.bar h2 { margin: 0; } .bar .actions { margin: 0; }
.dots { display: block; max-width: 100%; height: auto; margin-bottom: var(--s2); }
.f-good { fill: var(--good-fill); } .f-wait { fill: var(--wait-fill); } .f-doubt { fill: var(--doubt-fill); } .f-bad { fill: var(--bad-fill); } .f-ended { fill: var(--ended-fill); } .f-line { fill: var(--line); } .f-band { fill: var(--bad-fill); fill-opacity: .32; }
.l-ink, .l-good, .l-wait, .l-doubt, .l-bad { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; } .l-ink { stroke: var(--ink); stroke-width: 1.5; } .l-good { stroke: var(--good-fill); } .l-wait { stroke: var(--wait-fill); } .l-doubt { stroke: var(--doubt-fill); } .l-bad { stroke: var(--bad-fill); }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
table { width: 100%; border-collapse: collapse; }
caption, .hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th { color: var(--soft); font-size: var(--t1); font-weight: 600; text-align: left; white-space: nowrap; }
th, td { padding: var(--s2) var(--s4); border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
td { overflow-wrap: normal; white-space: nowrap; }
.clip { display: block; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.wrap { display: block; min-width: 14rem; white-space: normal; overflow-wrap: anywhere; }
.n { text-align: right; }
.nowrap { white-space: nowrap; }
ul.plain { margin: 0; padding: 0; list-style: none; }
.rows { max-height: 20rem; overflow: auto; margin-top: var(--s2); }
.empty { padding: var(--s6) var(--s5); text-align: center; color: var(--soft); }
.empty p { margin-inline: auto; }
.with-side { display: grid; gap: var(--s4); align-items: start; }
.with-side > *, .plots > * { min-width: 0; }
.with-side .plots { align-items: stretch; } .with-side .plots > .wide { grid-column: 1 / -1; }
@media (min-width: 72rem) { .with-side { grid-template-columns: minmax(0, 1fr) 17rem; } .with-side .plots { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.tiles.proof { grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); } .tiles.four { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } .tiles.proof { margin-top: var(--s4); }
.feed { margin: 0; padding: 0; list-style: none; }
.feed > li { display: grid; grid-template-columns: 1fr auto; align-items: baseline; gap: 0 var(--s2); padding: var(--s2) 0; border-bottom: 1px solid var(--line); }
.feed > li:last-child { border-bottom: 0; padding-bottom: 0; }
.feed .badge { justify-self: start; } .feed .subject { grid-column: 1 / -1; }
.of-client { display: flex; justify-content: space-between; gap: var(--s4); max-width: none; margin-bottom: 0; }
.multiple + .multiple { margin-top: var(--s4); } .multiple > p { max-width: none; margin-bottom: 0; }
td .sub { display: block; font-size: var(--t1); }
.share { display: block; width: 6rem; height: .5rem; margin-top: var(--s1); margin-left: auto; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: var(--s2) var(--s5); margin: 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: var(--s4); align-items: start; }
.machine { overflow-x: auto; } .machine svg { display: block; width: 100%; min-width: 34rem; max-width: 50rem; height: auto; }
.state rect { fill: none; stroke: var(--line); stroke-dasharray: 4 3; } .state text { fill: var(--soft); font-size: 14px; }
.state.walked rect { fill: var(--ended-soft); stroke: currentColor; stroke-dasharray: none; stroke-width: 1.5; } .state.walked text { fill: currentColor; font-weight: 600; } .state .times { font-size: 12px; }
.state.m-good rect { fill: var(--good-soft); } .state.m-wait rect { fill: var(--wait-soft); } .state.m-bad rect { fill: var(--bad-soft); }
.m-good { color: var(--good); } .m-wait { color: var(--wait); } .m-bad { color: var(--bad); } .m-ended { color: var(--ended); }
.edge { fill: none; stroke: var(--line); } .edge.walked { stroke: currentColor; stroke-width: 2; } .tip { fill: var(--line); } .tip[class*=m-] { fill: currentColor; }
.next-steps { margin: 0; padding: 0; list-style: none; } .next-steps li { display: grid; grid-template-columns: 3.5rem 1fr auto; gap: var(--s3); padding: var(--s1) 0; align-items: baseline; } .next-steps li.foot { display: block; margin-top: var(--s2); } .next-steps .badge { justify-self: start; } .next-steps .when { color: var(--soft); }
.live { display: inline-block; } .live::before { content: ""; display: inline-block; width: .5rem; height: .5rem; margin-right: var(--s2); border-radius: 50%; background: var(--ended-fill); } .live[data-live=on]::before { background: var(--good-fill); }
.columns-head, .columns > li { display: grid; grid-template-columns: 6.5rem repeat(4, minmax(0, 1fr)); gap: var(--s1) var(--s4); }
.columns-head { margin-top: var(--s4); padding-bottom: var(--s2); border-bottom: 1px solid var(--line); color: var(--soft); font-size: var(--t1); font-weight: 600; } .columns-head span::first-letter { text-transform: uppercase; }
.columns { margin: 0; padding: 0; list-style: none; }
.columns > li { padding: var(--s3) 0; border-bottom: 1px solid var(--line); } .columns > li:last-child { border-bottom: 0; padding-bottom: 0; }
.columns .when { color: var(--soft); font-size: var(--t1); }
.column { display: none; } .column-0 { grid-column: 2 / 4; } .column-1 { grid-column: 3 / 5; } .column-2 { grid-column: 4 / 6; } .column-3 { grid-column: 5 / 6; }
.columns details > summary { font-size: var(--t1); font-weight: 400; }
.data { color: var(--soft); font-size: var(--t1); font-family: var(--mono); }
.steps { margin: var(--s1) 0 var(--s2); padding-left: var(--s5); color: var(--soft); font-size: var(--t1); } .steps b { color: var(--ink); }
@media (max-width: 40rem) {
  .columns-head { display: none; } .columns > li { grid-template-columns: 1fr; } .columns > li > * { grid-column: 1; } .column { display: inline; margin-right: var(--s2); color: var(--soft); font-size: var(--t1); }
  .state text { font-size: 15px; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: var(--s3); }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--s2); } .tile { padding: var(--s3); } .tile .figure { font-size: var(--t4); } .tile .figure.word { font-size: var(--t3); line-height: 1.68; }
  .sentences { grid-template-columns: 1fr; gap: var(--s2); } .sentence { padding: var(--s3) var(--s4); font-size: var(--t2); }
  th, td { padding: var(--s2) var(--s3); }
}`;

const SANDBOX = `
.phone-and-timeline { display: grid; grid-template-columns: 18rem minmax(0, 1fr); gap: var(--s6); align-items: start; }
.phone-and-timeline .section { margin-top: var(--s3); }
.phone { min-height: 30rem; padding: var(--s5); border: .5rem solid var(--ended-fill); border-radius: 2rem; background: var(--card); }
.phone-bank { font-weight: 700; padding-bottom: var(--s3); border-bottom: 1px solid var(--line); }
.phone-bank span { font-weight: 400; color: var(--soft); }
.phone ul { padding-left: var(--s5); }
.fault-cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: var(--s4); }
.fault-card .facts { margin: var(--s3) 0; }
.fault-card dl.facts { grid-template-columns: 5rem 1fr; }
@media (max-width: 52rem) { .phone-and-timeline { grid-template-columns: 1fr; } .phone { min-height: 0; max-width: 22rem; } }
`;

/** The stylesheet of the console; it travels inside the page. */
export const CONSOLE_STYLE = `${PAGE_TOKENS}${FRAME}${CONTROLS}${FIGURES}${SANDBOX}\n`;

export const CONSOLE_POLICY = formPagePolicy(CONSOLE_STYLE);
