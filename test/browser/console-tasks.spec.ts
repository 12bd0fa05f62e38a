import { writeFile } from 'node:fs/promises';
import { ClientCertificates } from '@consent-hub/bank-client';
import { issueClientCertificate, readPspCertificate } from '@consent-hub/eidas';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Browser } from 'playwright-core';
import { EventReceiver } from '../../apps/consent-hub/testing/event-receiver.harness.js';
import { BankControl } from '../support/bank-control.js';
import { describeInBrowser, launchChromium } from '../support/chromium.js';
import { ConsolePage } from '../support/console-page.js';
import { HubUser } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(120_000);

const MOST_CLICKS = 5;
const DAY_MS = 86_400_000;

describeInBrowser('a person at the console, five clicks from the overview at most,', () => {
  let stack: StackUnderTest;
  let receiver: EventReceiver;
  let control: BankControl;
  let browser: Browser;
  let platform: HubUser;
  let person: ConsolePage;

  beforeAll(async () => {
    receiver = await EventReceiver.start();
    stack = await startStackUnderTest(
      {
        WEBHOOK_ALLOW_PRIVATE: 'true',
        WEBHOOK_CA_FILE: receiver.caFile,
        WEBHOOK_RETRY_SECONDS: '1',
      },
      { isOverheard: false },
    );
    control = new BankControl(stack.bank.controlUrl);
    platform = new HubUser(stack, stack.keys.platform);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
    await receiver.close();
  });
  beforeEach(async () => {
    person = await ConsolePage.open(stack, browser, {
      roles: ['viewer', 'operator', 'security'],
      javaScriptEnabled: false,
    });
  });
  afterEach(async () => {
    expect(person.complaints).toEqual([]);
    expect(person.clicks).toBeLessThanOrEqual(MOST_CLICKS);
    await person.close();
  });

  it('sends again what a receiver had failed to take, and sees it delivered', async () => {
    receiver.answer = () => 500;
    const { body: hook } = await platform.call<{ id: string }>('POST', '/v1/webhooks', {
      url: `${receiver.url}/hook`,
      event_types: ['consent.activated'],
    });
    const ids = [
      (await platform.liveConsent({ psu_ref: newPsuRef() })).id,
      (await platform.liveConsent({ psu_ref: newPsuRef(), brand: 'banx' })).id,
    ];
    const inState = async (state: string) =>
      (
        await platform.call<{ items: { subject: string }[] }>(
          'GET',
          `/v1/webhooks/${hook.id}/deliveries?state=${state}`,
        )
      ).body.items.map(({ subject }) => subject);
    await control.until(async () => (await inState('failed')).length === ids.length, 30_000);
    receiver.answer = () => 204;

    await person.click('link', 'Webhooks');
    await person.click('link', new URL(receiver.url).host);
    await person.click('link', 'Send again what was given up…');
    await person.fill(/Why\?/, 'the receiver is well again');
    await person.click('button', 'Send again');
    expect(await person.page.getByRole('status').innerText()).toContain('2 events will be sent again');
    await control.until(async () => (await inState('delivered')).length === ids.length);
    expect((await inState('delivered')).sort()).toEqual([...ids].sort());
    await person.page.reload();
    expect(await person.page.getByRole('row').filter({ hasText: 'delivered' }).count()).toBe(ids.length);
  });

  it('gives a program another key; both work until the overlap ends', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    const statusWith = async (key: string): Promise<number> =>
      (
        await fetch(`${stack.hub.url}/v1/consents/${id}/access-token`, {
          headers: { authorization: `Bearer ${key}` },
        })
      ).status;
    const first = stack.keys.service.reveal();

    await person.click('link', 'API clients');
    await person.click('link', 'service');
    await person.click('link', 'Another key…');
    await person.page.getByLabel('Its older keys work').selectOption('for one hour');
    await person.fill(/Why\?/, 'yearly rotation');
    await person.click('button', 'Make the key');
    const second = await person.page.locator('#secret').innerText();
    await person.click('link', 'I have stored it');
    const keys = person.page.getByRole('row').filter({ hasText: 'works' });
    expect(await keys.count()).toBe(2);
    expect(await keys.first().innerText()).toContain(second.slice(0, 9));
    expect(await person.page.content()).not.toContain(second);
    expect([await statusWith(first), await statusWith(second)]).toEqual([200, 200]);
    await stack.query(
      `UPDATE hub.api_client_key SET expires_at = expires_at - interval '1 hour' WHERE expires_at IS NOT NULL`,
    );
    expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
    expect(stack.log.join('\n')).not.toContain(second);
  });

  it('erases a person, gets a receipt, and finds it in the audit', async () => {
    const name = newPsuRef();
    const other = new HubUser(stack, stack.keys.other);
    const ids = [
      (await platform.liveConsent({ psu_ref: name })).id,
      (await other.liveConsent({ psu_ref: name, brand: 'banx' })).id,
    ];

    await person.click('link', 'Person');
    await person.fill(/Name of the person/, name);
    await person.click('button', 'Find');
    expect(person.page.url()).not.toContain(name);
    await person.click('link', 'Erase…');
    expect(await person.page.getByRole('heading', { name: 'Consents that end: 2' }).count()).toBe(1);
    await person.fill(/Type the number of consents/, '2');
    await person.fill(/Why\?/, 'request 4711 of the person');
    await person.click('button', 'Erase for good');
    expect(await person.heading()).toBe('Receipt of an erasure');
    for (const id of ids) expect(await person.page.getByText(id).count()).toBe(1);
    const receipt = new URL(person.page.url()).pathname;
    await person.click('link', 'Erasures in the audit');
    const row = person.page.getByRole('row').filter({ hasText: 'request 4711 of the person' });
    expect(await row.getByRole('link', { name: 'Receipt' }).getAttribute('href')).toBe(receipt);
    for (const id of ids) {
      const { body } = await new HubUser(stack, stack.keys.admin).call('GET', `/v1/consents/${id}`);
      expect(body).toMatchObject({ state: 'revoked', psu_ref: expect.stringMatching(/^erased-/) as string });
    }
    const [left] = await stack.query<{ count: string }>(
      'SELECT count(*) FROM hub.consent WHERE psu_ref = $1',
      [name],
    );
    expect(left?.count).toBe('0');
  });

  /** Puts a certificate in the place of the one for Belfius; the bank accepts no other from then on. @returns its end */
  const renewCertificate = async (commonName: string, days: number): Promise<string> => {
    const notAfter = new Date(Date.now() + days * DAY_MS);
    const issued = await issueClientCertificate(stack.authority, {
      ...{
        commonName,
        organizationIdentifier: 'PSDBE-NBB-0123456789',
        roles: ['PSP_AI', 'PSP_IC', 'PSP_PI'],
      },
      ...{ notBefore: new Date(Date.now() - DAY_MS), notAfter },
    });
    const { certFile, keyFile } = stack.settings.banks.belfius.tls;
    await writeFile(keyFile, issued.key);
    await writeFile(certFile, issued.certificate);
    await stack.query(`UPDATE bank.tpp SET certificate_fingerprint = $1 WHERE brand = 'belfius'`, [
      readPspCertificate(issued.certificate).fingerprint,
    ]);
    return `${notAfter.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  };

  it('learns that a certificate ends soon, and takes the renewed one into use', async () => {
    stack.hub.app.get(SchedulerRegistry).deleteInterval('ClientCertificatesJob');
    const firstEnd = await renewCertificate('before', 9.5);
    await stack.hub.app.get(ClientCertificates).reload(true);
    const tile = person.page.locator('[data-tile="Certificates"]');
    await control.until(async () => {
      await person.page.reload();
      return /^Certificates\s+9 d\s+Belfius 9 d · Banx \d{3} d$/.test(await tile.innerText());
    });

    await person.click('link', 'Attention');
    const cause = person.page.getByRole('region', { name: 'The client certificate for Belfius ends soon' });
    expect(await cause.innerText()).toContain(`It holds until ${firstEnd}.`);
    await person.click('link', 'Open the page of the certificates');
    const card = person.page.getByRole('region', { name: 'Belfius', exact: true });
    expect(await card.innerText()).toMatch(
      /^Belfius\s+9 days left\s+The client certificate for belfius ends at/,
    );
    const secondEnd = await renewCertificate('after', 300.5);
    await person.click('link', 'Read the files again…');
    await person.fill(/Why\?/, 'renewed, ticket 512');
    await person.click('button', 'Read the files');
    expect(await card.innerText()).toMatch(/^Belfius\s+300 days left\s+Subject\s+CN=after,/);
    expect(await card.innerText()).toContain(secondEnd);
    await platform.liveConsent({ psu_ref: newPsuRef() });
    await person.click('link', 'Audit');
    const row = person.page.getByRole('row').filter({ hasText: 'renewed, ticket 512' });
    expect(await row.innerText()).toMatch(/olga link:olga\s+read certificate files again/);
  });
});
