import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BankError } from '@consent-hub/bank-client';
import { newId } from '@consent-hub/platform';
import {
  createTestDatabase,
  dumpDatabase,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';
import { IdempotencyKeyRepository } from './consent-opening/idempotency-key.repository.js';

jest.setTimeout(30_000);

const replicas: NestFastifyApplication[] = [];
const bank = new ScriptedBank();
const asked = jest.spyOn(bank, 'openConsent');
let database: TestDatabase;
let dataSource: DataSource;
let key: string;
let otherKey: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  for (const name of ['one', 'two']) {
    const env = hubEnvironment(database.url, { HUB_INSTANCE: name });
    const quiet = { logDestination: { write: () => undefined } };
    replicas.push(await createHub(env, { bankClient: bank, ...quiet }));
  }
  const create = async (name: string) =>
    (
      await hub()
        .get(ApiClientService)
        .create({ name, permissions: ['consents:write'] })
    ).key.reveal();
  key = await create('platform');
  otherKey = await create('other');
});
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await database.drop();
});
beforeEach(() => asked.mockClear());

function hub(number = 0): NestFastifyApplication {
  const replica = replicas[number];
  if (!replica) throw new Error('There is no such replica');
  return replica;
}

const wish = (changes: object = {}) => ({ scope: 'AIS', brand: 'belfius', psu_ref: newId(), ...changes });
const open = (body: object, idempotencyKey: string, { replica = 0, as = key } = {}) =>
  hub(replica).inject({
    method: 'POST',
    url: '/v1/consents',
    payload: body,
    headers: { authorization: `Bearer ${as}`, 'idempotency-key': idempotencyKey },
  });
const consentsOf = async (psuRef: string) =>
  (
    await dataSource.query<{ n: number }[]>('SELECT count(*)::int n FROM hub.consent WHERE psu_ref = $1', [
      psuRef,
    ])
  )[0]?.n;

describe('an Idempotency-Key', () => {
  it('gives the same answer to the same request, links and all, says that it is a replay, and opens one consent', async () => {
    const body = wish();
    const [first, second] = [await open(body, 'k-1'), await open(body, 'k-1', { replica: 1 })];
    expect(first.statusCode).toBe(201);
    expect(second.statusCode).toBe(201);
    expect(second.body).toBe(first.body);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(await consentsOf(body.psu_ref)).toBe(1);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('opens one consent when many callers of two replicas come together', async () => {
    const body = wish();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => open(body, 'k-2', { replica: n % 2 })),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    expect(await consentsOf(body.psu_ref)).toBe(1);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is refused for another request', async () => {
    await open(wish(), 'k-3');
    const before = await dumpDatabase(database.url);
    const answer = await open(wish(), 'k-3');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await dumpDatabase(database.url)).toEqual(before);
  });

  it('means the same request, however that is written', async () => {
    const psuRef = newId();
    const caf = { scope: 'CAF', brand: 'belfius', psu_ref: psuRef, iban: 'BE83063154780915' };
    const [first, second] = [
      await open(caf, 'k-4'),
      await open({ ...caf, iban: 'be83 0631 5478 0915', language: null }, 'k-4'),
    ];
    expect(second.body).toBe(first.body);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('is its client’s own', async () => {
    const [mine, yours] = [await open(wish(), 'k-5'), await open(wish(), 'k-5', { as: otherKey })];
    expect([mine.statusCode, yours.statusCode]).toEqual([201, 201]);
    expect(yours.json<{ id: string }>().id).not.toBe(mine.json<{ id: string }>().id);
  });

  it('is free again when the bank fails', async () => {
    asked.mockRejectedValueOnce(new BankError('not_sent', {}));
    const body = wish();
    expect((await open(body, 'k-6')).statusCode).toBe(503);
    expect((await open(body, 'k-6')).statusCode).toBe(201);
    expect(await consentsOf(body.psu_ref)).toBe(1);
  });

  it('is taken over from a process that ended, whose late answer is not kept', async () => {
    const keys = hub().get(IdempotencyKeyRepository, { strict: false });
    const clients = await hub().get(ApiClientService).list();
    const apiClientId = clients.find(({ client }) => client.name === 'platform')?.client.id ?? '';
    const held = { apiClientId, key: 'k-7', requestHash: Buffer.alloc(32) };
    expect(await keys.reserve(held)).toEqual({ kind: 'reserved', attempt: 1 });
    await dataSource.query(`UPDATE hub.idempotency_key SET lease_ends_at = now() WHERE key = 'k-7'`);
    const answer = await open(wish(), 'k-7');
    expect(answer.statusCode).toBe(201);
    const late = { consentId: answer.json<{ id: string }>().id, sealed: Buffer.from('late') };
    expect(await keys.answer(dataSource.manager, held, 1, late)).toBe(false);
  });

  it('is forgotten after its day', async () => {
    const body = wish();
    const first = await open(body, 'k-8');
    await dataSource.query(`UPDATE hub.idempotency_key SET expires_at = now() WHERE key = 'k-8'`);
    await hub().get(IdempotencyKeyRepository, { strict: false }).forgetExpired();
    expect(await dataSource.query(`SELECT 1 FROM hub.idempotency_key WHERE key = 'k-8'`)).toEqual([]);
    expect((await open(body, 'k-8')).body).not.toBe(first.body);
  });

  it.each(['', 'with space', 'ü', 'x'.repeat(256)])('is not taken when it is %j', async (bad) => {
    const answer = await open(wish(), bad);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'Idempotency-Key' }] });
    expect(asked).not.toHaveBeenCalled();
  });

  it('keeps its answer sealed', async () => {
    const answer = await open(wish(), 'k-9');
    const [link] = answer.json<{ consent_uris: { uri: string }[] }>().consent_uris;
    const state = new URL(link?.uri ?? '').searchParams.get('state') ?? '';
    expect(JSON.stringify(await dumpDatabase(database.url))).not.toContain(state);
  });
});
