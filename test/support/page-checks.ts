import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** One call of axe. */
export interface AxeRun {
  /** Selector of the part that is looked at; absent: the whole page. */
  readonly within?: string;
  readonly options?: RunOptions;
}

/** What axe has against a page, one line a rule. The security policy of the page would not let axe in: it is evaluated from outside. */
export async function axeFindings(page: Page, runs: readonly AxeRun[] = [{}]): Promise<string[]> {
  await page.evaluate(axe.source);
  const findings: string[] = [];
  for (const run of runs) findings.push(...(await page.evaluate(violationsOf, run)));
  return findings;
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

/** By how many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
