import { PAGE_STYLE } from '@consent-hub/platform';

/** Of the front page: that of all pages of the hub, and its doors. */
export const FRONT_PAGE_STYLE = `${PAGE_STYLE}
.states { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: var(--s4); }
.states .card { margin: 0; }
.states .card h2 { display: flex; justify-content: space-between; align-items: baseline; gap: var(--s3); }
.states .status { font-size: var(--text); }
.doors { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: var(--s4); padding: 0; list-style: none; }
.doors a { display: block; height: 100%; padding: var(--s4) var(--s5); border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); text-decoration: none; }
.doors a:hover b { text-decoration: underline; }
.doors b { display: block; }
.doors span { color: var(--soft); font-size: var(--small); }
.card p { color: var(--soft); }
.note { margin-top: var(--s6); margin-bottom: 0; }
`;
