import { newRequestId } from '@consent-hub/platform';
import { Secret } from '@consent-hub/psd2-protocol';
import { dumpDatabase } from '@consent-hub/testing';
import { BankControl } from '../support/bank-control.js';
import { HubUser, type HandedOutToken } from '../support/hub-user.js';
import { newPsuRef, startStackUnderTest, type StackUnderTest } from '../support/stack-under-test.js';

let stack: StackUnderTest;
let platform: HubUser;
let service: HubUser;

beforeAll(async () => {
  stack = await startStackUnderTest();
  platform = new HubUser(stack, stack.keys.platform);
  service = new HubUser(stack, stack.keys.service);
}, 60_000);
afterAll(() => stack.close());

const ledger = async () =>
  (await (await fetch(`${stack.bank.controlUrl}/sandbox/ledger`)).json()) as Record<string, number>;
const token = async (id: string, query = '') =>
  (await service.call<HandedOutToken>('GET', `/v1/consents/${id}/access-token${query}`)).body;
const accountsWith = (accessToken: string) =>
  stack.bankClient.listAccounts({
    brand: 'belfius',
    accessToken: new Secret(accessToken),
    requestId: newRequestId(),
  });
const state = async (id: string) => (await platform.call('GET', `/v1/consents/${id}`)).body['state'];

describe('an AIS consent', () => {
  it('goes from the link to a token that the bank accepts, and by a refresh to the next one, each spent once', async () => {
    const before = await ledger();
    const consent = await platform.open({ psu_ref: newPsuRef(), language: 'fr' });
    expect(consent.state).toBe('initiated');
    expect(consent.consent_uris).toHaveLength(1);

    const back = await fetch(await platform.decide(consent, 'approve'), { redirect: 'manual' });
    expect(back.status).toBe(200);
    expect(await state(consent.id)).toBe('active');

    const first = await token(consent.id);
    const listed = await accountsWith(first.access_token);
    expect(listed.length).toBeGreaterThan(0);
    const { body } = await platform.call<{ items: unknown[] }>('GET', `/v1/consents/${consent.id}/accounts`);
    expect(body.items).toEqual(listed.map(({ iban, logicalId }) => ({ iban, logical_id: logicalId })));

    const refreshed = await platform.call('POST', `/v1/consents/${consent.id}/refresh`);
    expect(refreshed).toMatchObject({ status: 200, body: { state: 'refreshed', generation: 2 } });
    const second = await token(consent.id);
    expect(second.generation).toBe(2);
    await expect(accountsWith(first.access_token)).rejects.toMatchObject({ code: 'access_token_refused' });
    expect(await accountsWith(second.access_token)).toEqual(listed);

    const after = await ledger();
    expect(after).toMatchObject({
      authorization_code_grants: (before['authorization_code_grants'] ?? 0) + 1,
      refresh_grants: (before['refresh_grants'] ?? 0) + 1,
      refresh_replays: 0,
      code_replays: 0,
    });
  });

  it('learns its accounts by itself when the bank could not return them after the exchange', async () => {
    const control = new BankControl(stack.bank.controlUrl);
    await control.fault({ name: 'error_503', endpoint: '/accounts' });
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    await control.until(async () => (await control.faults()).some(({ struck }) => struck > 0));
    expect(await platform.call('GET', `/v1/consents/${id}/accounts`)).toMatchObject({ status: 503 });
    await control.clear();
    await stack.query(`UPDATE hub.consent SET accounts_due_at = now() WHERE id = $1`, [id]);

    const types = async () => {
      const { body } = await platform.call<{ items: { type: string }[] }>('GET', `/v1/consents/${id}/events`);
      return body.items.map(({ type }) => type);
    };
    await control.until(async () => (await types()).includes('accounts_listed'));
    const { body } = await platform.call<{ items: unknown[] }>('GET', `/v1/consents/${id}/accounts`);
    expect(body.items.length).toBeGreaterThan(0);
  });

  it('is revoked as soon as the bank is asked for its accounts and answers that the PSU has withdrawn', async () => {
    const control = new BankControl(stack.bank.controlUrl);
    await control.fault({ name: 'error_503', endpoint: '/accounts' });
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    await control.until(async () => (await control.faults()).some(({ struck }) => struck > 0));
    await control.clear();
    // The sandbox plays its first customer.
    const { items } = await control.ok<{ items: { id: string }[] }>('GET', '/sandbox/psus');
    await control.ok('POST', `/sandbox/psus/${items[0]?.id}/withdraw`);
    expect(await platform.call('GET', `/v1/consents/${id}/accounts`)).toMatchObject({
      status: 409,
      body: { code: 'consent_not_live', state: 'revoked', reason: 'withdrawn_at_bank' },
    });
    expect(await platform.call('GET', `/v1/consents/${id}`)).toMatchObject({
      body: { state: 'revoked', state_reason: 'withdrawn_at_bank' },
    });
    expect(await service.call('GET', `/v1/consents/${id}/access-token`)).toMatchObject({ status: 409 });
  });

  it('has its whole life in the timeline', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    await platform.call('POST', `/v1/consents/${id}/refresh`);
    await platform.call('POST', `/v1/consents/${id}/revoke`);
    const { body } = await platform.call<{ items: { from: string | null; to: string | null }[] }>(
      'GET',
      `/v1/consents/${id}/events`,
    );
    const moves = body.items
      .filter(({ to }) => to !== null)
      .map(({ from, to }) => `${from ?? ''}>${to ?? ''}`);
    expect(moves).toEqual([
      '>initiated',
      'initiated>authorized',
      'authorized>active',
      'active>refreshed',
      'refreshed>revoked',
    ]);
  });

  it('asks the bank once when twenty services want more validity than is left', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef() });
    await stack.query(
      `UPDATE hub.token_pair SET issued_at = now() - interval '1 hour', access_expires_at = now() + interval '1 minute'
        WHERE consent_id = $1`,
      [id],
    );
    const before = await ledger();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => token(id, '?min_validity_seconds=600')),
    );
    expect(new Set(answers.map(({ generation }) => generation))).toEqual(new Set([2]));
    expect(await ledger()).toMatchObject({
      refresh_grants: (before['refresh_grants'] ?? 0) + 1,
      refresh_replays: 0,
    });
  });

  it('keeps serving while it is renewed, and is superseded once the new code is exchanged', async () => {
    const psu_ref = newPsuRef();
    const old = await platform.liveConsent({ psu_ref });
    const renewal = await platform.open({ psu_ref });
    expect(renewal.supersedes).toBe(old.id);
    expect((await token(old.id)).generation).toBe(1);

    await fetch(await platform.decide(renewal, 'approve'));
    expect((await platform.call('GET', `/v1/consents/${old.id}`)).body).toMatchObject({
      state: 'superseded',
      superseded_by: renewal.id,
    });
    expect(await service.call('GET', `/v1/consents/${old.id}/access-token`)).toMatchObject({
      status: 409,
      body: { code: 'consent_not_live', state: 'superseded', action: 'use_successor' },
    });
  });

  it('is not changed when the PSU cancels its renewal', async () => {
    const psu_ref = newPsuRef();
    const old = await platform.liveConsent({ psu_ref });
    const renewal = await platform.open({ psu_ref });
    await fetch(await platform.decide(renewal, 'refuse'));
    expect((await platform.call('GET', `/v1/consents/${renewal.id}`)).body).toMatchObject({
      state: 'rejected',
      state_reason: 'psu_refused',
    });
    expect(await accountsWith((await token(old.id)).access_token)).not.toEqual([]);
  });

  it('brings the PSU back to the caller with id and state, joined to the query that is there', async () => {
    const consent = await platform.open({
      psu_ref: newPsuRef(),
      return_url: 'https://app.example/done?session=42',
    });
    const { atBank, cookie } = await platform.start(consent);
    const callback = await platform.decide(atBank, 'approve');
    const elsewhere = await fetch(callback, { redirect: 'manual' });
    expect(elsewhere.status).toBe(403);
    expect(await state(consent.id)).toBe('initiated');

    const back = await fetch(callback, { redirect: 'manual', headers: { cookie } });
    expect(back.status).toBe(303);
    const location = new URL(back.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe('https://app.example/done');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      session: '42',
      consent_id: consent.id,
      consent_state: 'active',
    });
  });

  it('works at the other brand, on its own host', async () => {
    const { id } = await platform.liveConsent({ psu_ref: newPsuRef(), brand: 'banx' });
    const { access_token } = await token(id);
    const request = {
      brand: 'banx',
      accessToken: new Secret(access_token),
      requestId: newRequestId(),
    } as const;
    expect(await stack.bankClient.listAccounts(request)).not.toEqual([]);
  });
});

describe('a return that was made before, or leads nowhere', () => {
  const page = async (url: string) => {
    const answer = await fetch(url, { redirect: 'manual' });
    return { status: answer.status, text: await answer.text() };
  };

  it('gets the same outcome or an explanation of its own, and changes nothing', async () => {
    const psu_ref = newPsuRef();
    const used = await platform.open({ psu_ref, language: 'fr' });
    const usedUrl = await platform.decide(used, 'approve');
    const first = await page(usedUrl);
    const replaced = await platform.open({ psu_ref, language: 'fr' });
    const replacedUrl = await platform.decide(replaced, 'approve');
    const expired = await platform.open({ psu_ref, language: 'fr' });
    const expiredUrl = await platform.decide(expired, 'approve');
    await stack.query(`UPDATE hub.consent SET link_expires_at = now() WHERE id = $1`, [expired.id]);
    const unknownUrl = expiredUrl.replace(/state=[^&]*/, 'state=unknown-state');
    const before = await ledger();

    const pages = [
      await page(unknownUrl),
      await page(usedUrl),
      await page(replacedUrl),
      await page(expiredUrl),
    ];

    expect(pages.map(({ status }) => status)).toEqual([404, 200, 410, 410]);
    expect(pages[1]).toEqual(first);
    expect(new Set(pages.map(({ text }) => text)).size).toBe(4);
    expect(await Promise.all([used, replaced, expired].map(({ id }) => state(id)))).toEqual([
      'active',
      'expired',
      'expired',
    ]);
    expect(await ledger()).toEqual(before);
  });

  it('is taken once when two arrive together', async () => {
    const consent = await platform.open({ psu_ref: newPsuRef() });
    const url = await platform.decide(consent, 'approve');
    const statuses = (await Promise.all([page(url), page(url)])).map(({ status }) => status);
    expect(statuses).toEqual([200, 200]);
    expect(await ledger()).toMatchObject({ code_replays: 0 });
  });
});

describe('secrets', () => {
  it('stand nowhere in the database or the log in clear: not one of those that were issued', async () => {
    const consent = await platform.liveConsent({ psu_ref: newPsuRef(), return_url: null });
    await platform.call('POST', `/v1/consents/${consent.id}/refresh`);
    await token(consent.id);
    const link = new URL(consent.consent_uris[0]?.uri ?? '');
    const inTheLink = ['apptoken', 'state'].map((name) => new Secret(link.searchParams.get(name) ?? ''));
    const issued = [...stack.bankClient.overheard, ...stack.secrets, ...inTheLink].map((secret) =>
      secret.reveal(),
    );
    expect(issued.length).toBeGreaterThan(10);

    const dump = await dumpDatabase(stack.databaseUrl);
    const log = stack.log.join('\n');
    expect(dump).toContain(consent.id);
    expect(log).toContain(consent.id);
    for (const secret of issued) {
      expect(secret.length).toBeGreaterThan(15);
      expect(dump.includes(secret)).toBe(false);
      expect(dump.includes(Buffer.from(secret).toString('hex'))).toBe(false);
      expect(log.includes(secret)).toBe(false);
    }
  });
});
