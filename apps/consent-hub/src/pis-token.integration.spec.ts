import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BankError } from '@consent-hub/bank-client';
import { newId } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';

jest.setTimeout(30_000);

const silent = { logDestination: { write: () => undefined } };
const replicas: NestFastifyApplication[] = [];
const bank = new ScriptedBank();
let database: TestDatabase;
let key: string;
let otherKey: string;

beforeAll(async () => {
  database = await createTestDatabase();
  for (const name of ['one', 'two']) {
    const env = hubEnvironment(database.url, { HUB_INSTANCE: name });
    replicas.push(await createHub(env, { bankClient: bank, ...silent }));
  }
  const clients = replicas[0]?.get(ApiClientService);
  const create = async (name: string) =>
    (await clients?.create({ name, permissions: ['consents:write', 'consents:read'] }))?.key.reveal() ?? '';
  key = await create('payments');
  otherKey = await create('other');
});
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await database.drop();
});

const payment = (changes: object = {}) => ({
  brand: 'belfius',
  psu_ref: newId(),
  code: randomBytes(16).toString('base64url'),
  code_verifier: randomBytes(32).toString('base64url'),
  redirect_uri: 'https://payments.example/back',
  ...changes,
});
const bring = (body: object, { replica = 0, as = key } = {}) => {
  const hub = replicas[replica];
  if (!hub) throw new Error('There is no such replica');
  return hub.inject({
    method: 'POST',
    url: '/v1/pis-tokens',
    payload: body,
    headers: { authorization: `Bearer ${as}` },
  });
};

describe('the code of a payment', () => {
  it('becomes a live PIS consent', async () => {
    const brought = payment();
    const answer = await bring(brought);
    expect(answer.statusCode).toBe(201);
    const body = answer.json<{ id: string }>();
    expect(answer.headers['location']).toBe(`/v1/consents/${body.id}`);
    expect(body).toMatchObject({ scope: 'PIS', state: 'active', generation: 1, psu_ref: brought.psu_ref });
    expect(bank.requests.at(-1)).toMatchObject({
      grantType: 'authorization_code',
      scope: 'PIS',
      redirectUri: brought.redirect_uri,
    });
  });

  it('is spent once, for any number of calls at any replica', async () => {
    const before = bank.requests.length;
    const brought = payment();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => bring(brought, { replica: n % 2 })),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.json<{ id: string }>().id)).size).toBe(1);
    expect(bank.requests).toHaveLength(before + 1);
  });

  it.each([
    ['another person', { psu_ref: 'another-person' }],
    ['another redirect URI', { redirect_uri: 'https://payments.example/elsewhere' }],
  ])('is refused for %s than it was brought for', async (_what, changes) => {
    const brought = payment();
    await bring(brought);
    const before = bank.requests.length;
    const answer = await bring({ ...brought, ...changes });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'code_already_used' });
    expect(bank.requests).toHaveLength(before);
  });

  it('is refused to another client than the one that brought it', async () => {
    const brought = payment();
    await bring(brought);
    expect((await bring(brought, { as: otherKey })).statusCode).toBe(409);
  });

  it('ends its consent when the bank refuses it, and stays refused', async () => {
    const refuse = () =>
      Promise.reject(
        new BankError('security_refused', {
          httpStatus: 401,
          error: 'FAILED_SECURITY_VALIDATION',
          errorCode: 'GEN-1203-100008',
        }),
      );
    bank.next(refuse);
    const brought = payment();
    const expected = {
      code: 'consent_not_live',
      state: 'failed',
      reason: 'code_refused',
      action: 'open_consent',
    };
    for (let times = 0; times < 2; times++) {
      const answer = await bring(brought);
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject(expected);
    }
  });

  it.each([
    ['brand', 'ing'],
    ['psu_ref', ''],
    ['code', 'with\nline end'],
    ['code_verifier', 'too-short'],
    ['redirect_uri', '/relative'],
    ['scope', 'PIS'],
  ])('is not taken with a bad %s', async (field, value) => {
    const before = bank.requests.length;
    const answer = await bring(payment({ [field]: value }));
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toEqual([
      field,
    ]);
    expect(bank.requests).toHaveLength(before);
  });
});
