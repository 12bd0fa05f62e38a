import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** One call of axe. */
export interface AxeRun {
  /** Selector of the part that is looked at; absent: the whole page. */
  readonly within?: string;
  readonly options?: RunOptions;
}

/** How a page is looked at: the width of its window in CSS pixels, and what the reader prefers. */
export type Look = readonly [width: number, colorScheme: 'light' | 'dark'];

/** A telephone and a desk, by day and by night. */
const LOOKS: readonly Look[] = [
  [390, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
];
const HEIGHT = 860;

/**
 * What is wrong with a page in any of these looks: what axe has against it, and that it is wider than its window. One line each. It
 * is loaded once: what changes with the look is a matter of its style sheet.
 *
 * The security policy of the page would not let axe in: it is evaluated from outside.
 */
export async function faultsOfPage(
  page: Page,
  {
    runs = [{}],
    looks = LOOKS,
  }: { readonly runs?: readonly AxeRun[] | undefined; readonly looks?: readonly Look[] } = {},
): Promise<string[]> {
  await page.evaluate(axe.source);
  const faults: string[] = [];
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme });
    const found = [];
    for (const run of runs) found.push(...(await page.evaluate(violationsOf, run)));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) found.push(`wider than its window by ${overflow} px`);
    faults.push(...found.map((fault) => `${width} px, ${colorScheme}: ${fault}`));
  }
  return faults;
}

/** Is run in the page. */
async function violationsOf({ within, options }: AxeRun): Promise<string[]> {
  const { axe: inPage } = window as unknown as { readonly axe: typeof axe };
  // To describe, node by node, what is in order takes several times as long as to find what is not.
  const { violations } = await inPage.run(within ?? document, { ...options, resultTypes: ['violations'] });
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary = '' }) => `${html.slice(0, 120)} ${failureSummary}`).join(' | ')}`,
  );
}

/** Shows what is folded away. */
export const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
