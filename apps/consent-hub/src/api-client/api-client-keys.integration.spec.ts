import type { Secret } from '@consent-hub/psd2-protocol';
import { newId } from '@consent-hub/platform';
import { createTestDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from './api-client.module.js';
import { ApiClientService } from './api-client.service.js';
import { KeyUseRecorder } from './key-use.recorder.js';

const DAY = 86_400;
let database: TestDatabase;
let dataSource: DataSource;
let clients: ApiClientService;

beforeEach(async () => {
  database = await createTestDatabase();
  dataSource = await database.open(API_CLIENT_ENTITIES);
  clients = new ApiClientService(dataSource);
});
afterEach(() => database.drop());

/** Time passes for the keys, and for nothing else. */
const pass = (seconds: number): Promise<unknown> =>
  dataSource.query(`UPDATE hub.api_client_key SET expires_at = expires_at - make_interval(secs => $1)`, [
    seconds,
  ]);
const stateOf = async (key: Secret): Promise<string> => {
  const caller = await clients.findByKey(key);
  if (!caller) return 'unknown';
  if (caller.isRevoked) return 'revoked';
  return caller.isExpired ? 'expired' : 'works';
};

describe('the keys of an API client', () => {
  it('work side by side until the overlap ends, for the same client', async () => {
    const first = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const second = await clients.rotate('service', { overlapSeconds: DAY });
    expect(await stateOf(first.key)).toBe('works');
    const [one, other] = await Promise.all([first, second].map(({ key }) => clients.findByKey(key)));
    expect(other).toEqual({ ...one, keyId: second.keyId });
    await pass(DAY - 60);
    expect(await stateOf(first.key)).toBe('works');
    await pass(61);
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['expired', 'works']);
  });

  it('end at once where there is no overlap', async () => {
    const first = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const second = await clients.rotate('service', { overlapSeconds: 0 });
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['expired', 'works']);
  });

  it('expire when they were made to, and no rotation lets one live longer', async () => {
    const first = await clients.create({
      name: 'service',
      permissions: ['tokens:read'],
      expiresInSeconds: 3600,
    });
    const second = await clients.rotate('service', { overlapSeconds: DAY, expiresInSeconds: 2 * DAY });
    expect(second.expiresAt).toBeInstanceOf(Date);
    await pass(3601);
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['expired', 'works']);
    await clients.rotate('service', { overlapSeconds: 60 });
    await pass(61);
    expect(await stateOf(second.key)).toBe('expired');
  });

  it('are revoked one by one, and once', async () => {
    const first = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const second = await clients.rotate('service', { overlapSeconds: DAY });
    await clients.create({ name: 'other', permissions: ['tokens:read'] });
    for (const [name, keyId, code] of [
      ['other', first.keyId, 'unknown_key'],
      ['service', newId(), 'unknown_key'],
      ['unknown', first.keyId, 'unknown_client'],
    ] as const)
      await expect(clients.revokeKey(name, keyId)).rejects.toMatchObject({ code });
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['works', 'works']);
    await clients.revokeKey('service', first.keyId);
    const before = await clients.list();
    await clients.revokeKey('service', first.keyId);
    expect(await clients.list()).toEqual(before);
    await clients.rotate('service', { overlapSeconds: DAY });
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['revoked', 'works']);
  });

  it('are refused all together when the client is revoked, which gets no other', async () => {
    const first = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const second = await clients.rotate('service', { overlapSeconds: DAY });
    await clients.revoke('service');
    expect([await stateOf(first.key), await stateOf(second.key)]).toEqual(['revoked', 'revoked']);
    await expect(clients.rotate('service', { overlapSeconds: 0 })).rejects.toMatchObject({
      code: 'unknown_client',
    });
    expect((await clients.list())[0]?.keys).toHaveLength(2);
  });

  it('that are rotated at the same moment all work, and all but the last one end', async () => {
    await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const made = await Promise.all(
      Array.from({ length: 4 }, () => clients.rotate('service', { overlapSeconds: 60 })),
    );
    expect(await Promise.all(made.map(({ key }) => stateOf(key)))).toEqual(Array(4).fill('works'));
    const [{ keys } = { keys: [] }] = await clients.list();
    expect(keys.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
  });

  it('are noted as used in batches, to the minute, though the database was away', async () => {
    const { keyId } = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    const unused = await clients.rotate('service', { overlapSeconds: DAY });
    const lastUses = async () =>
      Object.fromEntries(
        (await clients.list()).flatMap(({ keys }) => keys.map(({ id, lastUsedAt }) => [id, lastUsedAt])),
      );
    const uses = new KeyUseRecorder(dataSource);
    for (let count = 0; count < 1000; count++) uses.record(keyId);
    expect(await lastUses()).toEqual({ [keyId]: null, [unused.keyId]: null });
    await dataSource.query('ALTER TABLE hub.api_client_key RENAME TO gone');
    await uses.run();
    await dataSource.query('ALTER TABLE hub.gone RENAME TO api_client_key');
    await uses.run();
    const first = await lastUses();
    expect(first).toEqual({ [keyId]: expect.any(Date), [unused.keyId]: null });
    uses.record(keyId);
    await uses.run();
    expect(await lastUses()).toEqual(first);
    await dataSource.query(
      `UPDATE hub.api_client_key SET last_used_at = last_used_at - interval '2 minutes'`,
    );
    uses.record(keyId);
    await uses.beforeApplicationShutdown();
    expect((await lastUses())[keyId]?.getTime()).toBeGreaterThanOrEqual(first[keyId]?.getTime() ?? Infinity);
  });
});
