import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BankError } from '@consent-hub/bank-client';
import { newId } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { TokenGrants } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';
import { RefreshJob } from './token-refresh/refresh.job.js';

jest.setTimeout(30_000);

type Line = Readonly<Record<string, unknown>>;

const bank = new ScriptedBank();
const uris = jest.spyOn(bank, 'openConsent');
let database: TestDatabase;
let dataSource: DataSource;
let hub: NestFastifyApplication;
let key: string;
let lines: Line[];

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  const write = (line: string) => void lines.push(JSON.parse(line) as Line);
  lines = [];
  hub = await createHub(hubEnvironment(database.url), {
    bankClient: bank,
    logDestination: { write },
  });
  const permissions = ['consents:read', 'consents:write', 'tokens:read'] as const;
  const created = await hub
    .get(ApiClientService)
    .create({ name: 'platform', permissions: [...permissions], tokenScopes: ['AIS', 'CAF', 'PIS'] });
  key = created.key.reveal();
});
afterAll(async () => {
  await hub.close();
  await database.drop();
});
beforeEach(() => {
  lines = [];
});

const call = (requestId: string, method: 'GET' | 'POST', url: string, payload?: object) =>
  hub.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}`, 'x-request-id': requestId },
    ...(payload && { payload }),
  });

const linesOf = (requestId: string): Line[] => lines.filter((line) => line['requestId'] === requestId);
const requestLine = (requestId: string): Line | undefined =>
  linesOf(requestId).find(({ msg }) => msg === 'request answered');
const callerOf = async (bankRequestId: string): Promise<string | null | undefined> =>
  (
    await dataSource.query<{ caller_request_id: string | null }[]>(
      `SELECT caller_request_id FROM hub.token_request WHERE request_id = $1`,
      [bankRequestId],
    )
  )[0]?.caller_request_id;
const lastTokenRequest = (): string => bank.requests.at(-1)?.requestId ?? '';

/** A live AIS consent, and the address that its person came back to. */
async function consent(name: string): Promise<{ id: string; back: string }> {
  const answer = await call(`open-${name}`, 'POST', '/v1/consents', {
    scope: 'AIS',
    brand: 'belfius',
    psu_ref: newId(),
    language: 'fr',
  });
  const { id, consent_uris } = answer.json<{ id: string; consent_uris: { uri: string }[] }>();
  const state = new URL(consent_uris[0]?.uri ?? '').searchParams.get('state');
  const back = `/callback/belfius?code=${newId()}&state=${state}`;
  await call(`back-${name}`, 'GET', back);
  return { id, back };
}

describe('the ids of a request', () => {
  it('stand on its line and on those of the calls made for it: the caller’s, the bank’s, the consent’s', async () => {
    const { id } = await consent('a');
    expect(requestLine('open-a')).toMatchObject({
      consentId: id,
      bankRequestId: uris.mock.lastCall?.[0].requestId,
    });
    const exchange = lastTokenRequest();
    expect([requestLine('back-a')?.['bankRequestId']].flat()).toContain(exchange);
    expect(requestLine('back-a')).toMatchObject({ consentId: id });
    for (const msg of ['token request answered', 'token request settled'])
      expect(linesOf('back-a')).toContainEqual(
        expect.objectContaining({ msg, bankRequestId: exchange, consentId: id }),
      );

    await call('refresh-a', 'POST', `/v1/consents/${id}/refresh`);
    const refresh = lastTokenRequest();
    expect(refresh).not.toBe(exchange);
    expect(requestLine('refresh-a')).toMatchObject({ consentId: id, bankRequestId: refresh });
    expect(linesOf('refresh-a').map(({ msg, bankRequestId }) => [msg, bankRequestId])).toEqual([
      ['token request answered', refresh],
      ['token request settled', refresh],
      ['request answered', refresh],
    ]);
    expect(await callerOf(exchange)).toBe('back-a');
    expect(await callerOf(refresh)).toBe('refresh-a');
  });

  it('stand on the line of a token that was read, which makes no call', async () => {
    const { id } = await consent('b');
    await call('read-b', 'GET', `/v1/consents/${id}/access-token`);
    expect(requestLine('read-b')).toMatchObject({ consentId: id });
    expect(requestLine('read-b')).not.toHaveProperty('bankRequestId');
    await call('older-b', 'GET', `/v1/consents/${id}/access-token?min_validity_seconds=3600`);
    expect(requestLine('older-b')).toMatchObject({ bankRequestId: lastTokenRequest() });
    expect(await callerOf(lastTokenRequest())).toBe('older-b');
  });

  it('name the shared call on the lines of all who wait for it, and in the journal the first of them', async () => {
    const { id } = await consent('c');
    const joined = jest.spyOn(hub.get(TokenGrants), 'refresh').mockClear();
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      bank.next(
        () =>
          new Promise((done) => {
            answer = () => done(bank.rotate());
            resolve();
          }),
      );
    });
    const first = call('first-c', 'POST', `/v1/consents/${id}/refresh`);
    await asked;
    const second = call('second-c', 'POST', `/v1/consents/${id}/access-token/rejections`, { generation: 1 });
    while (joined.mock.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    answer();
    expect([(await first).statusCode, (await second).statusCode]).toEqual([200, 200]);
    expect(requestLine('first-c')).toMatchObject({ bankRequestId: lastTokenRequest() });
    expect(requestLine('second-c')).toMatchObject({ consentId: id, bankRequestId: lastTokenRequest() });
    expect(await callerOf(lastTokenRequest())).toBe('first-c');
  });

  it('stand on the line of a failure, and in its problem', async () => {
    const { id } = await consent('d');
    bank.next(() => Promise.reject(new BankError('outcome_unknown', { httpStatus: 500 })));
    const answer = await call('lost-d', 'POST', `/v1/consents/${id}/refresh`);
    expect(answer.json()).toMatchObject({ code: 'refresh_in_doubt', request_id: 'lost-d' });
    const ids = { consentId: id, bankRequestId: lastTokenRequest() };
    expect(linesOf('lost-d')).toContainEqual(expect.objectContaining({ msg: 'request failed', ...ids }));
    expect(requestLine('lost-d')).toMatchObject(ids);
  });

  it('are those of the bank and the consent alone where a refresh was due', async () => {
    const { id } = await consent('e');
    lines = [];
    await dataSource.query(`UPDATE hub.token_pair SET refresh_due_at = now() WHERE consent_id = $1`, [id]);
    await hub.get(RefreshJob).run();
    const settled = () => lines.filter(({ msg }) => msg === 'token request settled');
    while (settled().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled()).toEqual([
      expect.objectContaining({ consentId: id, bankRequestId: lastTokenRequest(), outcome: 'committed' }),
    ]);
    expect(settled()[0]).not.toHaveProperty('requestId');
    expect(await callerOf(lastTokenRequest())).toBeNull();
  });

  it.each(['x'.repeat(65), 'a b', 'a"b', 'é'])(
    'hold no name of the caller that does not belong into a log: %s',
    async (name) => {
      const answer = await call(Buffer.from(name).toString('latin1'), 'GET', '/v1/consents');
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(lines.map(({ requestId }) => requestId)).toEqual([answer.headers['x-request-id']]);
    },
  );
});
