import { newRequestId } from '@consent-hub/platform';
import { BRANDS, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { HubUser, type HandedOutToken } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

/** What ARCHITECTURE.md says must be written for a brand, in the three files that the apps read. */
jest.mock('../../libs/psd2-protocol/src/brands.json', () => ({
  ...jest.requireActual<object>('../../libs/psd2-protocol/src/brands.json'),
  addedbrand: { name: 'Added Brand', sandboxPort: 8499 },
}));
jest.mock('../../apps/sandbox-bank/src/model/brands.js', () => {
  const { BRAND_PROFILES } = jest.requireActual<typeof import('../../apps/sandbox-bank/src/model/brands.js')>(
    '../../apps/sandbox-bank/src/model/brands.js',
  );
  return { BRAND_PROFILES: { ...BRAND_PROFILES, addedbrand: BRAND_PROFILES.belfius } };
});
jest.mock('../../apps/sandbox-bank/src/model/accounts/customers-file.settings.js', () => {
  const file = '../../apps/sandbox-bank/src/model/accounts/customers-file.settings.js';
  const { cpSync, mkdtempSync, rmSync, writeFileSync } =
    jest.requireActual<typeof import('node:fs')>('node:fs');
  const { tmpdir } = jest.requireActual<typeof import('node:os')>('node:os');
  const { dirname, join } = jest.requireActual<typeof import('node:path')>('node:path');
  const { pathToFileURL } = jest.requireActual<typeof import('node:url')>('node:url');
  type Customers = typeof import('../../apps/sandbox-bank/src/model/accounts/customers-file.settings.js');
  const actual = jest.requireActual<Customers>(file);
  const readCustomers = () => {
    const directory = mkdtempSync(join(tmpdir(), 'consent-hub-customers-'));
    cpSync(join(dirname(require.resolve(file)), 'customers'), directory, { recursive: true });
    const accounts = [{ iban: 'BE73630000000160', label: 'Compte', balance: '10.00' }];
    const customer = { id: 'added-customer', name: 'A. Person', language: 'fr', case: 'Plain.', accounts };
    writeFileSync(join(directory, 'addedbrand.json'), JSON.stringify([customer]));
    const customers = actual.readCustomers(pathToFileURL(`${directory}/`));
    rmSync(directory, { recursive: true });
    return customers;
  };
  return { ...actual, readCustomers };
});

const ADDED = 'addedbrand' as Brand;

let stack: StackUnderTest;
let platform: HubUser;
let service: HubUser;
let admin: HubUser;

beforeAll(async () => {
  stack = await startStackUnderTest();
  platform = new HubUser(stack, stack.keys.platform);
  service = new HubUser(stack, stack.keys.service);
  admin = new HubUser(stack, stack.keys.admin);
}, 60_000);
afterAll(() => stack.close());

const statistics = async () =>
  (
    await admin.call<{
      consents: { by_brand: Record<string, number> };
      brands: Record<string, { guard: object }>;
    }>('GET', '/v1/stats')
  ).body;

describe('a brand that was added to the list', () => {
  it('is served by both apps on a schema that was made without it: from a link to a refreshed token', async () => {
    expect(BRANDS).toContain(ADDED);
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef(), brand: ADDED });
    expect(await platform.call('POST', `/v1/consents/${id}/refresh`)).toMatchObject({
      status: 200,
      body: { brand: ADDED, state: 'refreshed', generation: 2 },
    });
    const { body } = await service.call<HandedOutToken>('GET', `/v1/consents/${id}/access-token`);
    const accounts = await stack.bankClient.listAccounts({
      brand: ADDED,
      accessToken: new Secret(body.access_token),
      requestId: newRequestId(),
    });
    expect(accounts).toMatchObject([{ iban: 'BE73630000000160' }]);
  });

  it('has its place in the figures, a circuit breaker, and its name on the pages', async () => {
    await platform.liveConsent({ psu_ref: newPsuRef(), brand: ADDED });
    const { consents, brands } = await statistics();
    expect(consents.by_brand[ADDED]).toBeGreaterThan(0);
    expect(brands[ADDED]).toMatchObject({ guard: { status: 'closed' } });
    const page = await fetch(stack.hub.url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/<h2>Added Brand <span/);
    const control = await fetch(stack.bank.controlUrl, { headers: { accept: 'text/html' } });
    expect(await control.text()).toContain('Added Brand');
  });

  it('is described with the others, and what is no brand is still refused', async () => {
    const description = await (await fetch(`${stack.hub.url}/openapi.json`)).json();
    expect(description).toMatchObject({
      components: {
        schemas: {
          OpenConsentRequest: { properties: { brand: { enum: [...BRANDS] } } },
          BrandsView: { required: [...BRANDS] },
          GuardsView: { required: [...BRANDS] },
          BrandStatusesView: { required: [...BRANDS] },
        },
      },
    });
    const refused = await platform.call('POST', '/v1/consents', {
      scope: 'AIS',
      brand: 'nobrand',
      psu_ref: newPsuRef(),
    });
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'brand', detail: `must be one of ${BRANDS.join(', ')}` }] },
    });
  });

  it.each(['Belfius', "x'", 'with-dash', '', 'x', 'a'.repeat(33)])(
    'could not be called "%s": the database refuses it',
    async (brand) => {
      const row = stack.query(
        `INSERT INTO hub.refresh_tally (hour, brand, outcome, count) VALUES (date_trunc('hour', now(), 'UTC'), $1, 'committed', 1)`,
        [brand],
      );
      await expect(row).rejects.toMatchObject({ code: '23514', constraint: 'refresh_tally_brand_check' });
    },
  );
});
