import { createHash } from 'node:crypto';

/** The one stylesheet of the hub's pages; it travels inside the page, so that nothing else has to be fetched. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --ink: #1c2434; --soft: #56607a; --good: #1b7a4b; --wait: #2f5bb7; --bad: #a8431f; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #10141d; --card: #1a2130; --ink: #eef2fa; --soft: #aab4c9; --good: #5fd09a; --wait: #8fb2ff; --bad: #ff9d76; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 2.75rem 2.25rem; border-radius: 1.25rem; background: var(--card); text-align: center; box-shadow: 0 1px 2px rgb(15 23 42 / .08), 0 18px 48px rgb(15 23 42 / .12); }
svg { width: 4rem; height: 4rem; }
.good svg { color: var(--good); }
.wait svg { color: var(--wait); }
.bad svg { color: var(--bad); }
h1 { margin: 1.25rem 0 .75rem; font-size: 1.625rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
p { margin: 0; color: var(--soft); text-wrap: pretty; }
h2 { margin: 0 0 .25rem; font-size: 1.125rem; }
.wide { max-width: 40rem; text-align: left; }
.wide h1 { margin-top: 0; }
.wide section { margin-top: 1.5rem; padding-left: 1rem; border-left: .25rem solid var(--soft); }
.wide section.good { border-color: var(--good); }
.wide section.bad { border-color: var(--bad); }
ul { margin: 1.75rem 0 0; padding-left: 1.25rem; }
dt { font-weight: 600; }
dd { margin: 0 0 1rem; color: var(--soft); }
a { color: inherit; }
.button { display: inline-block; margin-top: 1.75rem; padding: .75rem 1.5rem; border-radius: .75rem; background: var(--ink); color: var(--card); text-decoration: none; font-weight: 600; }
.button:focus-visible { outline: 3px solid var(--wait); outline-offset: 2px; }
`;

const hash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Nothing but that stylesheet: no script, no image, no frame, no form. */
export const PAGE_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
