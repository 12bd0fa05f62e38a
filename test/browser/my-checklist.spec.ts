import type { Browser, Locator, Page } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { TppSite } from '../support/tpp-site.js';
import { DIGITS, MySite, PURPOSE, RETURN_URL, type SharedConsents } from '../support/my-site.js';

jest.setTimeout(60_000);

const PERSON = 'checklist';

/**
 * What a consent dashboard of a TPP owes the person, after the checklist of the UK's Open Banking Customer Experience Guidelines:
 * each row a test. The pages are loaded once; tests that change something have persons of their own.
 */
describeInBrowser('the dashboard of a person', () => {
  let site: MySite;
  let shared: SharedConsents;
  let browser: Browser;
  let list: Page;
  let detail: Page;
  let stop: Page;
  let renew: Page;

  beforeAll(async () => {
    site = await MySite.start();
    shared = await site.share(PERSON);
    browser = await launchChromium();
    list = await site.visit(browser, PERSON);
    const open = async (path: string): Promise<Page> => {
      const page = await list.context().newPage();
      await page.goto(`${site.url}/my/consents/${shared.endingId}${path}`);
      return page;
    };
    detail = await open('');
    stop = await open('/stop');
    renew = await open('/renew');
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const card = (page = list) => page.locator('article').filter({ hasText: 'Belfius' }).first();
  const textOf = (page: Page): Promise<string> => page.locator('main').innerText();
  /** As a fact with this name is shown. */
  const fact = (place: Page | Locator, name: string) =>
    place.locator('dl').first().locator(`dt:text-is("${name}") + dd`).innerText();

  describe('finding it', () => {
    it('takes one button from the link of the application', async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(await site.link(PERSON));
      await page.getByRole('button', { name: 'Open my page' }).click();
      expect(await page.locator('h1').innerText()).toBe('Your connected accounts');
      await page.context().close();
    });

    it('names the page as people call it, not by terms of the law', async () => {
      expect(await list.title()).toBe('Your connected accounts – Kompas');
      expect(await textOf(list)).not.toMatch(/PSD2|consent|AISP|token|scope/i);
    });

    it('says who it is that shares and receives', async () => {
      expect(await list.locator('header.brand').innerText()).toContain('Kompas');
      expect(await textOf(list)).toContain('what you let Kompas see at your bank');
    });

    it('leads back to the application from every page', async () => {
      for (const page of [list, detail, stop, renew])
        expect(await page.getByRole('link', { name: 'Back to Kompas' }).getAttribute('href')).toBe(
          RETURN_URL,
        );
    });

    it('can be read in four languages, from every page', async () => {
      for (const page of [list, detail, stop, renew])
        for (const name of ['Français', 'Nederlands', 'English', 'Deutsch'])
          expect(await page.getByRole('button', { name, exact: true }).count()).toBe(1);
    });

    it('can be left', async () => {
      expect(await list.getByRole('button', { name: 'Sign out' }).count()).toBe(1);
    });
  });

  describe('the list', () => {
    it('shows each connection by the name of the bank', async () => {
      const headings = await list.locator('article h2').allInnerTexts();
      expect(headings.sort()).toEqual(['Banx', 'Belfius', 'Belfius']);
    });

    it('shows the status in bold, in words and not by colour alone', async () => {
      const status = card().locator('strong.status');
      expect(await status.innerText()).toContain('Active, ends soon');
      const weight = await status.evaluate((element) => getComputedStyle(element).fontWeight);
      expect(Number(weight)).toBeGreaterThanOrEqual(600);
    });

    it('tells active connections from those that have ended', async () => {
      expect(await list.getByRole('heading', { name: 'Ended', exact: true }).count()).toBe(1);
      expect(await list.locator('article').last().innerText()).toContain('Replaced by a newer one');
    });

    it('shows accounts by their last four digits, and no IBAN', async () => {
      for (const digits of DIGITS) expect(await fact(card(), 'Accounts')).toContain(digits);
      expect(await list.content()).not.toMatch(/BE\d{14}/);
    });

    it('shows the purpose', async () => {
      expect(await fact(card(), 'Purpose')).toBe(PURPOSE);
    });

    it('shows since when, with the date for programs', async () => {
      expect(await fact(card(), 'Shared since')).toMatch(/^\d{1,2} \w+ \d{4}$/);
      expect(await card().locator('time').first().getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT/);
    });

    it('shows when it ends, and near the end how many days are left', async () => {
      expect(await fact(card(), 'Ends on')).toMatch(/^\d{1,2} \w+ \d{4} \(in 9 days\)$/);
    });

    it('says what kind of access it is', async () => {
      expect(await card().innerText()).toContain('Account information');
      expect(await textOf(list)).toContain('Confirmation of funds');
    });

    it('offers details, stopping and, near the end, renewing', async () => {
      expect(await card().getByRole('link').allInnerTexts()).toEqual([
        expect.stringMatching(/^View details/),
        expect.stringMatching(/^Stop sharing/),
        expect.stringMatching(/^Renew/),
      ]);
    });

    it('offers no renewal far from the end', async () => {
      const far = list.locator('article').filter({ hasText: 'Banx' });
      expect(await far.getByRole('link', { name: 'Renew' }).count()).toBe(0);
    });

    it('offers nothing to stop where nothing is shared', async () => {
      expect(await list.locator('article').last().getByRole('link', { name: 'Stop' }).count()).toBe(0);
    });

    it('makes stopping as prominent as viewing: same size, same colours', async () => {
      const [view, end] = [
        card().getByRole('link', { name: 'View details' }),
        card().getByRole('link', { name: 'Stop sharing' }),
      ];
      const looks = await Promise.all(
        [view, end].map((one) =>
          one.evaluate((element) => {
            const { backgroundColor, color, fontSize, fontWeight, height } = getComputedStyle(element);
            return { backgroundColor, color, fontSize, fontWeight, height };
          }),
        ),
      );
      expect(looks[0]).toEqual(looks[1]);
    });

    it('tells buttons of one connection from those of another to who cannot see them', async () => {
      const names = await list.locator('article a').allTextContents();
      expect(names).toContain('Stop sharing: Belfius, Account information');
      expect(names).toContain('Stop sharing: Banx, Confirmation of funds');
    });
  });

  describe('the details', () => {
    it('say what is shared, item by item', async () => {
      const items = await detail.locator('section ul').first().locator('li').allInnerTexts();
      expect(items).toEqual(['Name and number of the accounts', 'Balances', 'Transactions']);
    });

    it('say what is not shared', async () => {
      expect(await textOf(detail)).toContain('No payment can be made with it');
    });

    it('say with whom', async () => {
      expect(await detail.getByRole('heading', { name: 'What Kompas may see' }).count()).toBe(1);
    });

    it('say which accounts, for what purpose and since when', async () => {
      for (const name of ['Accounts', 'Purpose', 'Shared since'])
        expect(await fact(detail, name)).not.toBe('');
    });

    it('say for how long, and that it ends by itself', async () => {
      expect(await fact(detail, 'Ends on')).toContain('in 9 days');
      expect(await textOf(detail)).toContain('It ends by itself on that day');
    });

    it('say when the access was last used', async () => {
      expect(await fact(detail, 'Last access')).toBe('not yet');
    });

    it('show the history, that of the access before included', async () => {
      const history = await detail.locator('.history li').allInnerTexts();
      expect(history.filter((line) => line.includes('You agreed at your bank'))).toHaveLength(2);
      expect(history.join()).toContain('You renewed the access');
    });

    it('offer stopping and renewing', async () => {
      expect(await detail.getByRole('link', { name: 'Stop sharing' }).count()).toBe(1);
      expect(await detail.getByRole('link', { name: 'Renew' }).count()).toBe(1);
    });

    it('name a reference for support', async () => {
      expect(await textOf(detail)).toContain(`Reference for support: ${shared.endingId}`);
    });

    it('lead back to the list', async () => {
      expect(await detail.getByRole('link', { name: 'All connected accounts' }).getAttribute('href')).toBe(
        '/my',
      );
    });
  });

  describe('stopping', () => {
    it('says what stops working', async () => {
      expect(await stop.getByRole('heading', { name: 'What stops working' }).count()).toBe(1);
      expect(await textOf(stop)).toContain('Kompas sees no new balances and no new transactions');
    });

    it('says what happens to data that was received before', async () => {
      expect(await textOf(stop)).toContain('does not delete what was received before');
    });

    it('says that the channel of the bank works too', async () => {
      expect(await textOf(stop)).toContain("Your bank's own channel works too");
    });

    it('asks once more, by two buttons that look alike', async () => {
      const buttons = stop.locator('main > .actions .button');
      expect(await buttons.allInnerTexts()).toEqual(['Stop sharing', 'Keep sharing']);
      const looks = await buttons.evaluateAll((elements) =>
        elements.map((element) => {
          const { backgroundColor, color, fontWeight, height } = getComputedStyle(element);
          return JSON.stringify({ backgroundColor, color, fontWeight, height });
        }),
      );
      expect(new Set(looks).size).toBe(1);
    });

    it('takes two clicks from the list, takes effect at once and is confirmed', async () => {
      const person = 'stops';
      const { endingId } = await site.share(person);
      const page = await site.visit(browser, person);
      await card(page).getByRole('link', { name: 'Stop sharing' }).click();
      await page.getByRole('button', { name: 'Stop sharing' }).click();
      expect(await page.locator('h1').innerText()).toBe('Sharing has stopped');
      expect(await site.given.consents.find(endingId)).toMatchObject({
        stateReason: 'withdrawn_by_psu',
      });
      await page.getByRole('link', { name: 'All connected accounts' }).click();
      expect(await textOf(page)).toContain('Stopped by you');
      await page.context().close();
    });

    it('changes nothing for who keeps sharing', async () => {
      await stop.getByRole('link', { name: 'Keep sharing' }).click();
      expect(await stop.locator('h1').innerText()).toBe('Your connected accounts');
      await stop.goto(`${site.url}/my/consents/${shared.fundsId}`);
      expect(await stop.locator('strong.status').innerText()).toContain('Active');
    });
  });

  describe('renewing', () => {
    it('says beforehand what will happen', async () => {
      expect(await renew.locator('ol li').count()).toBe(3);
    });

    it('says that the old access stays until the new one is there', async () => {
      expect(await textOf(renew)).toContain('The old access stays until the new one is there');
    });

    it('can be postponed', async () => {
      expect(await renew.getByRole('link', { name: 'Not now' }).getAttribute('href')).toBe('/my');
    });

    it('leads on to the bank by itself, without a script', async () => {
      const person = 'renews';
      await site.share(person);
      const page = await site.visit(browser, person);
      const bank = await new TppSite().listen();
      jest
        .spyOn(site.bank, 'openConsent')
        .mockResolvedValueOnce([{ language: 'fr', uri: `${bank.origin}/log-in` }]);
      await card(page).getByRole('link', { name: 'Renew' }).click();
      await page.getByRole('button', { name: 'Continue to Belfius' }).click();
      await page.waitForURL(`${bank.origin}/log-in`);
      await page.context().close();
      bank.close();
    });
  });

  describe('many connections', () => {
    it('can be searched by anything that is seen of them', async () => {
      const person = 'many';
      await site.shareMany(person, 12);
      const page = await site.visit(browser, person);
      const field = page.getByRole('searchbox', { name: 'Search your connections' });
      await field.fill('number 7');
      await page.getByRole('button', { name: 'Search' }).click();
      expect(await page.locator('article').count()).toBe(1);
      expect(new URL(page.url()).search).toBe('?q=number+7');
      expect(await field.inputValue()).toBe('number 7');
      await page.context().close();
    });

    it('have a page of their own once they have ended', async () => {
      const page = await site.visit(browser, 'many');
      await page.getByRole('link', { name: 'All ended connections' }).click();
      expect(await page.locator('article').count()).toBe(12);
      await page.context().close();
    });

    it('need no search field where there are few', async () => {
      expect(await list.getByRole('searchbox').count()).toBe(0);
    });
  });
});
