import { BankError } from '@consent-hub/bank-client';
import type { Browser } from 'playwright-core';
import { AdminHub } from '../../apps/consent-hub/testing/admin-hub.harness.js';
import { fillHub, type BusyHub } from '../../apps/consent-hub/testing/busy-console.harness.js';
import { AttentionService } from '../../apps/consent-hub/src/console/attention/attention.service.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsolePage } from '../support/console-page.js';

jest.setTimeout(120_000);

const MOST_CLICKS = 5;

/** Failures of last night, what expires in seven days, and revoking with a reason stand in console-pages.spec.ts. */
describeInBrowser('what operators do in the console', () => {
  let admin: AdminHub;
  let busy: BusyHub;
  let browser: Browser;
  let visit: ConsolePage;

  beforeAll(async () => {
    admin = await AdminHub.start({ REFRESH_MIN_INTERVAL_SECONDS: '0' });
    busy = await fillHub(admin);
    browser = await launchChromium();
  });
  beforeEach(async () => {
    visit = await ConsolePage.open(admin, browser, { statuses: [503] });
  });
  afterEach(async () => {
    await visit.close();
    expect(visit.complaints).toEqual([]);
    expect(visit.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  });
  afterAll(async () => {
    await browser.close();
    await admin.close();
  });

  /** Live, with a pair that the hub itself has sealed. */
  const liveAtHub = async (): Promise<string> => {
    const { body } = await admin.call('POST', '/v1/consents', {
      ...{ scope: 'AIS', brand: 'belfius', psu_ref: crypto.randomUUID(), language: 'fr' },
    });
    const { id, consent_uris: links } = body as unknown as { id: string; consent_uris: { uri: string }[] };
    const state = new URL(links[0]?.uri ?? '').searchParams.get('state');
    await fetch(`${admin.hub.url}/callback/belfius?code=${crypto.randomUUID()}&state=${state}`);
    return id;
  };
  const short = (id: string): RegExp => new RegExp(id.slice(-12));
  const search = async (words: string): Promise<void> => {
    await visit.click('link', 'Consents');
    await visit.page.getByRole('searchbox').fill(words);
    await visit.click('button', 'Search');
  };

  it('find out who reads a token', async () => {
    await search(busy.refreshed);
    const rows = visit.page
      .getByRole('region', { name: 'API clients that read the token' })
      .locator('tbody tr');
    expect((await rows.allInnerTexts()).map((text) => /^\w+/.exec(text)?.[0])).toEqual(busy.readers);
  });

  it('find the consent of a call whose Request-ID the bank names', async () => {
    const requestId = await admin.request(busy.refreshed, 'committed');
    await search(requestId);
    expect(visit.page.url()).toContain(busy.refreshed);
    expect(await visit.page.getByRole('region', { name: 'Calls of POST /token' }).innerText()).toContain(
      requestId,
    );
  });

  it('follow a request in doubt to its end', async () => {
    const id = await liveAtHub();
    admin.bank.next(() => {
      throw new BankError('outcome_unknown', { callIsOver: true });
    });
    await visit.goto(`/console/consents/${id}/refresh`);
    await visit.page.getByLabel(/Why\?/).fill('a service says 401');
    await visit.page.getByRole('button', { name: 'Refresh' }).click();
    expect(await visit.page.locator('h1').innerText()).toBe('The answer of the bank was lost');
    admin.hub.app.get(AttentionService).forget();
    await visit.goto('/console');

    await visit.click('link', 'Attention');
    await visit.click('link', short(id));
    await visit.click('link', 'Refresh…');
    await visit.page.getByLabel(/Why\?/).fill('the doubt is old enough');
    await visit.click('button', 'Refresh');
    expect(await visit.page.getByRole('status').innerText()).toContain('The bank gave a new pair');
    const calls = await visit.page
      .getByRole('region', { name: 'Calls of POST /token' })
      .locator('tbody tr')
      .allInnerTexts();
    expect(calls.map((text) => /in doubt|probed|committed/.exec(text)?.[0])).toEqual([
      'committed',
      'probed',
      'committed',
    ]);
  });

  it('acknowledge a failure by the keyboard alone', async () => {
    const [id = ''] = busy.failed;
    await visit.goto('/console/attention');
    await visit.tabTo('link', new RegExp(`Acknowledge …${id.slice(-12)}`), 120);
    await visit.page.keyboard.press('Enter');
    await visit.page.waitForURL(/acknowledge/);
    await visit.tabTo('textbox', /Note: why\?/);
    await visit.page.keyboard.type('the customer is informed');
    await visit.tabTo('button', 'Acknowledge');
    await visit.page.keyboard.press('Enter');
    await visit.page.waitForURL(/done=acknowledge/);
    const group = visit.page.getByRole('region', { name: 'Consents that failed', exact: true });
    expect(await group.locator('tbody').innerText()).not.toContain(id.slice(-12));
    await group.getByText('1 acknowledged or put off').click();
    expect(await group.innerText()).toContain('the customer is informed');
  });

  it('see what comes next kept current by the stream', async () => {
    await visit.goto('/console/attention');
    await visit.page.locator('#live-state', { hasText: /^Live$/ }).waitFor();
    const steps = visit.page.locator('#now');
    const before = Number(
      await steps.getByRole('listitem').filter({ hasText: 'failed' }).locator('.badge').innerText(),
    );
    const later = await admin.given.live(admin.owner);
    await admin.dataSource.transaction((tx) =>
      admin.given.consents.move(tx, later, {
        to: 'failed',
        data: { reason: 'rotation_lost' },
        actor: 'hub:refresh-job',
      }),
    );
    await steps
      .getByRole('listitem')
      .filter({ hasText: 'failed' })
      .locator('.badge', { hasText: new RegExp(`^${before + 1}$`) })
      .waitFor();
  });
});
