import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe has against a page, one line a rule. The security policy of the page would not let axe in: it is evaluated from outside.
 *
 * @param runs calls of axe
 */
export async function axeFindings(page: Page, runs: readonly string[] = ['axe.run()']): Promise<string[]> {
  await page.evaluate(axe.source);
  const findings: string[] = [];
  for (const run of runs) {
    const { violations } = await page.evaluate<AxeResults>(run);
    findings.push(
      ...violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary = '' }) => `${html.slice(0, 120)} ${failureSummary}`).join(' | ')}`,
      ),
    );
  }
  return findings;
}

/** By how many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
