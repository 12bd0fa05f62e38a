const LIGHT = `--ground: #f1f3f6; --card: #fff; --line: #d9dee7; --ink: #1b2230; --soft: #566076; --focus: #2f5bb7;
  --good: #1b7a4b; --wait: #2f5bb7; --doubt: #8a5a00; --bad: #b3261e; --ended: #5c6474;
  --good-fill: #2f9e68; --wait-fill: #5b86dd; --doubt-fill: #d99a1f; --bad-fill: #d4504a; --ended-fill: #a3abb9;
  --good-soft: #e3f4ea; --wait-soft: #e5edfb; --doubt-soft: #fbf0d9; --bad-soft: #fbe6e4; --ended-soft: #e9ecf1;`;
const DARK = `--ground: #10141c; --card: #191f2b; --line: #303a4c; --ink: #e9edf5; --soft: #a8b2c6; --focus: #8fb2ff;
  --good: #6bd6a3; --wait: #9abaff; --doubt: #f0bd5e; --bad: #ff9d94; --ended: #b0b8c6;
  --good-fill: #3fae78; --wait-fill: #5f8bea; --doubt-fill: #d69b2c; --bad-fill: #dc5f58; --ended-fill: #6d778a;
  --good-soft: #17362a; --wait-soft: #1d2d4d; --doubt-soft: #3a2f17; --bad-soft: #452422; --ended-soft: #2a3241;`;

/**
 * What all pages of the hub have in common, as custom properties: neutral greys; one colour for each meaning (`good` live, `wait`
 * waiting, `doubt` in doubt, `bad` lost, `ended` over), for text, for areas of plots (`-fill`) and as a background of that text
 * (`-soft`); one scale of type (`--t1` to `--t5`), one of spacing (`--s1` to `--s7`), one radius. Text on its background has a
 * contrast of 4.5 to 1 at least.
 */
export const PAGE_TOKENS = `:root {
  color-scheme: light dark;
  ${LIGHT}
  --t1: .8125rem; --t2: .9375rem; --t3: 1.0625rem; --t4: 1.375rem; --t5: 1.875rem;
  --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2rem; --s7: 3rem;
  --radius: .625rem;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root { ${DARK} } }`;
