import { ConsentHub } from '@consent-hub/client';
import { ApiClientService } from '../../apps/consent-hub/src/api-client/api-client.service.js';
import { BankCaller } from '../support/bank-caller.js';
import { HubUser, type HandedOutToken, type OpenedConsent } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

jest.setTimeout(30_000);

const ACCOUNT = 'BE83063154780915';
const DAY_MS = 86_400_000;

let stack: StackUnderTest;
let platform: HubUser;
let service: HubUser;
let bank: BankCaller;

beforeAll(async () => {
  stack = await startStackUnderTest();
  platform = new HubUser(stack, stack.keys.platform);
  service = new HubUser(stack, stack.keys.service);
  bank = new BankCaller(stack);
}, 60_000);
afterAll(async () => {
  await bank.close();
  await stack.close();
});

const dateOf = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const tokenOf = async (id: string) =>
  (await service.call<HandedOutToken & { logical_id?: string }>('GET', `/v1/consents/${id}/access-token`))
    .body;

describe('a CAF consent', () => {
  it('keeps its logical-ID through refreshes, and its token asks whether there are funds', async () => {
    const { id } = await platform.liveConsent({ scope: 'CAF', psu_ref: newPsuRef(), iban: ACCOUNT });
    const first = await tokenOf(id);
    expect(first.logical_id).toEqual(expect.any(String));
    await platform.call('POST', `/v1/consents/${id}/refresh`);
    const second = await tokenOf(id);
    expect(second).toMatchObject({ generation: 2, logical_id: first.logical_id });
    const { body } = await platform.call('GET', `/v1/consents/${id}/accounts`);
    expect(body).toEqual({ items: [{ iban: ACCOUNT, logical_id: first.logical_id }] });
    const asked = await bank.call({
      method: 'POST',
      path: '/funds-confirmations',
      version: '1',
      token: second.access_token,
      body: { account: { iban: ACCOUNT }, instructed_amount: { currency: 'EUR', amount: '1.00' } },
    });
    expect(asked).toEqual({ status: 200, body: { funds_available: true } });
  });
});

describe('an AIS consent', () => {
  it('reads what is older than 90 days with its SCA token, for its first hour', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    const { access_token: token } = await tokenOf(id);
    const { body: sca } = await service.call<{ sca_token: string }>('GET', `/v1/consents/${id}/sca-token`);
    const { body: accounts } = await platform.call<{ items: { logical_id: string }[] }>(
      'GET',
      `/v1/consents/${id}/accounts`,
    );
    const path = `/accounts/${accounts.items[0]?.logical_id}/transactions?date_from=${dateOf(-300)}&date_to=${dateOf(-200)}`;
    expect(await bank.call({ path, version: '2', token })).toMatchObject({
      status: 401,
      body: { error: 'SCA_REQUIRED', url: expect.any(String) },
    });
    const headers = { 'sca-token': sca.sca_token };
    const read = await bank.call<{ transactions: { booked: unknown[] } }>({
      path,
      version: '2',
      token,
      headers,
    });
    expect(read.status).toBe(200);
    expect(read.body.transactions.booked.length).toBeGreaterThan(0);

    await stack.query(`UPDATE hub.token_pair SET sca_token_expires_at = now() WHERE consent_id = $1`, [id]);
    expect(await service.call('GET', `/v1/consents/${id}/sca-token`)).toMatchObject({
      status: 404,
      body: { code: 'no_sca_token' },
    });
  });

  it('gets a new SCA token by a later authentication of the PSU, who comes back to the hub', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    await stack.query(
      `UPDATE hub.token_pair SET sca_token = NULL, sca_token_expires_at = NULL WHERE consent_id = $1`,
      [id],
    );
    const { access_token: token } = await tokenOf(id);
    const { body: accounts } = await platform.call<{ items: { logical_id: string }[] }>(
      'GET',
      `/v1/consents/${id}/accounts`,
    );
    const path = `/accounts/${accounts.items[0]?.logical_id}/transactions?date_from=${dateOf(-300)}&date_to=${dateOf(-200)}`;

    const prepared = await service.call<{ redirect_uri: string; state: string; expires_at: string }>(
      'POST',
      `/v1/consents/${id}/sca-authorizations`,
    );
    expect(prepared.status).toBe(201);
    const { redirect_uri: redirectUri, state } = prepared.body;
    const refused = await bank.call<{ url: string }>({
      path,
      version: '2',
      token,
      headers: { 'redirect-uri': redirectUri },
    });
    expect(refused).toMatchObject({ status: 401, body: { error: 'SCA_REQUIRED' } });
    const atBank = {
      id,
      state: '',
      supersedes: null,
      consent_uris: [{ language: 'fr', uri: `${refused.body.url}&state=${state}` }],
    };
    const back = await platform.decide(atBank, 'approve');
    for (let opened = 0; opened < 2; opened++) {
      const page = await fetch(back, { redirect: 'manual' });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<meta name="outcome" content="sca_confirmed"');
    }

    const { body: sca } = await service.call<{ sca_token: string }>('GET', `/v1/consents/${id}/sca-token`);
    const read = await bank.call<{ transactions: { booked: unknown[] } }>({
      path,
      version: '2',
      token,
      headers: { 'sca-token': sca.sca_token },
    });
    expect(read.status).toBe(200);
    expect(read.body.transactions.booked.length).toBeGreaterThan(0);
    const { body: timeline } = await platform.call<{ items: { type: string }[] }>(
      'GET',
      `/v1/consents/${id}/events`,
    );
    expect(timeline.items.filter(({ type }) => type === 'sca_token_received')).toHaveLength(1);
    // The address holds the token: what is logged of it is the route alone.
    expect(stack.log.join('')).not.toContain(sca.sca_token);
  });

  it('alone can be prepared for a later authentication, while it is live, by who may read its tokens', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    const prepare = (by: HubUser, consent: string) =>
      by.call('POST', `/v1/consents/${consent}/sca-authorizations`);
    expect(await prepare(platform, id)).toMatchObject({ status: 403, body: { code: 'permission_missing' } });
    const funds = await platform.liveConsent({ scope: 'CAF', iban: ACCOUNT, psu_ref: newPsuRef() });
    expect(await prepare(service, funds.id)).toMatchObject({
      status: 422,
      body: { code: 'sca_for_ais_only' },
    });
    await platform.call('POST', `/v1/consents/${id}/revoke`);
    expect(await prepare(service, id)).toMatchObject({ status: 409, body: { code: 'consent_not_live' } });
  });

  it('shows its SCA token only to clients that may read tokens of its scope', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    expect(await platform.call('GET', `/v1/consents/${id}/sca-token`)).toMatchObject({
      status: 403,
      body: { code: 'permission_missing' },
    });
  });
});

const ORDER = {
  creditor_account: { iban: 'BE49091200881571' },
  creditor_name: 'Bakkerij Vermeulen BV',
  endtoend_identification: 'INV-17',
  instructed_amount: { amount: '12.50', currency: 'EUR' },
};

interface Prepared extends OpenedConsent {
  readonly payment_authorization: { redirect_uri: string; code_challenge: string; state: string };
}

/** Prepared by the hub, initiated by its caller, signed by the person. */
async function signedPayment(psuRef: string): Promise<{ payment: string; path: string }> {
  const prepared = (await platform.open({ scope: 'PIS', psu_ref: psuRef })) as Prepared;
  const { redirect_uri, code_challenge, state } = prepared.payment_authorization;
  const initiated = await bank.call<{ url: string; payment_id: string }>({
    method: 'POST',
    path: '/payments/sepa-credit-transfers',
    version: '3',
    headers: {
      'redirect-uri': redirect_uri,
      'code-challenge': code_challenge,
      'code-challenge-method': 'S256',
    },
    body: { ...ORDER, requested_execution_date: dateOf(7) },
  });
  expect(initiated).toMatchObject({ status: 401, body: { error: 'SCA_REQUIRED' } });
  const consentUri = `${initiated.body.url}&state=${state}`;
  const back = await fetch(
    await platform.decide({ ...prepared, consent_uris: [{ language: 'fr', uri: consentUri }] }, 'approve'),
    { redirect: 'manual' },
  );
  expect(back.status).toBe(200);
  return { payment: prepared.id, path: `/payments/sepa-credit-transfers/${initiated.body.payment_id}` };
}

describe('a PIS consent', () => {
  it('results from a payment that the hub prepared; its token shows it and cancels it', async () => {
    const { payment, path } = await signedPayment(newPsuRef());
    const { access_token: token } = await tokenOf(payment);
    const details = await bank.call({ path, version: '1', token });
    expect(details).toMatchObject({ status: 200, body: { instructed_amount: ORDER.instructed_amount } });
    const cancelled = await bank.call({ method: 'DELETE', path, version: '1', token });
    expect(cancelled.status).toBeLessThan(300);
    expect(await bank.call({ path: `${path}/status`, version: '1' })).toMatchObject({
      body: { transaction_status: 'CANC' },
    });
  });
});

describe('a payments service', () => {
  it('gets tokens of payments, by consent and by person, and is refused those of accounts', async () => {
    const clients = stack.hub.app.get(ApiClientService);
    const wanted = { name: 'payments', permissions: ['tokens:read'], tokenScopes: ['PIS'] } as const;
    const payments = new HubUser(stack, (await clients.create(wanted)).key);
    const psu_ref = newPsuRef();
    const accounts = await platform.liveConsent({ psu_ref });
    const { payment } = await signedPayment(psu_ref);

    const person = (scope: string) => `/v1/access-token?brand=belfius&psu_ref=${psu_ref}&scope=${scope}`;
    expect(await payments.call('GET', `/v1/consents/${payment}/access-token`)).toMatchObject({
      status: 200,
      body: { consent_id: payment, scope: 'PIS' },
    });
    expect(await payments.call('GET', person('PIS'))).toMatchObject({ status: 200 });
    expect(await payments.call('GET', person('AIS'))).toMatchObject({
      status: 403,
      body: { code: 'scope_not_granted' },
    });
    for (const kind of ['access-token', 'sca-token']) {
      expect(await payments.call('GET', `/v1/consents/${accounts.id}/${kind}`)).toMatchObject({
        status: 404,
        body: { code: 'consent_not_found' },
      });
    }
  });
});

describe('the client library', () => {
  it('starts a consent, holds its token, and replaces one that the bank refuses', async () => {
    const url = stack.hub.url;
    const opener = new ConsentHub({ url, apiKey: stack.keys.platform.reveal() });
    const reader = new ConsentHub({ url, apiKey: stack.keys.service.reveal() });
    const psuRef = newPsuRef();
    const wish = { scope: 'AIS', brand: 'belfius', psu_ref: psuRef } as const;
    const opened = await opener.openConsent(wish, { idempotencyKey: psuRef });
    expect(await opener.openConsent(wish, { idempotencyKey: psuRef })).toEqual(opened);
    const decided = await platform.decide(opened as unknown as OpenedConsent, 'approve');
    await fetch(decided, { redirect: 'manual' });

    const person = { brand: 'belfius', psuRef, scope: 'AIS' } as const;
    const first = await reader.accessToken(person);
    // Another client refreshes: the bank refuses the reader's token from now on.
    await platform.call('POST', `/v1/consents/${opened.id}/refresh`);
    expect((await reader.accessToken(person)).generation).toBe(first.generation);
    const used: number[] = [];
    const answer = await reader.withAccessToken(person, async ({ access_token: token, generation }) => {
      used.push(generation);
      const { status, body } = await bank.call({ path: '/accounts', version: '3', token });
      return Response.json(body, { status });
    });
    expect(answer.status).toBe(200);
    expect(used).toEqual([1, 2]);
    expect((await opener.revokeConsent(opened.id)).state).toBe('revoked');
    await expect(opener.consent('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'consent_not_found',
    });
  });
});
