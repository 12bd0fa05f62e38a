import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from './api-client.module.js';
import { ApiClientService } from './api-client.service.js';
import { newApiKey } from './api-key.js';

describe('API clients', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let clients: ApiClientService;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.open(API_CLIENT_ENTITIES);
    clients = new ApiClientService(dataSource);
  });
  afterEach(() => database.drop());

  it('are made with a key that is told once and stored as a hash only', async () => {
    const { client, key } = await clients.create({ name: 'platform', permissions: ['admin'] });
    expect(client).toMatchObject({ name: 'platform', permissions: ['admin'], revokedAt: null });
    expect(client.createdAt).toBeInstanceOf(Date);
    expect(await dumpDatabase(database.url)).toContain('platform');
    expect(await dumpDatabase(database.url)).not.toContain(key.reveal());
    expect(JSON.stringify(await clients.list())).not.toMatch(/key/i);
  });

  it('are recognised by their key, with what they may do', async () => {
    const { client, key } = await clients.create({
      name: 'payments',
      permissions: ['tokens:read', 'consents:read', 'tokens:read'],
      tokenScopes: ['PIS'],
      returnUrls: ['https://app.example/done'],
    });
    expect(await clients.findByKey(key)).toEqual({
      id: client.id,
      name: 'payments',
      permissions: new Set(['tokens:read', 'consents:read']),
      tokenScopes: new Set(['PIS']),
      returnUrls: new Set(['https://app.example/done']),
      rateLimit: null,
      isRevoked: false,
    });
    expect(await clients.findByKey(newApiKey())).toBeNull();
  });

  it('may read tokens of every scope unless told otherwise', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    expect((await clients.findByKey(key))?.tokenScopes).toEqual(new Set(['AIS', 'CAF', 'PIS']));
  });

  it('are looked up through the index of hashes', async () => {
    await dataSource.query('SET enable_seqscan = off');
    const plan = await dataSource.query<Record<string, string>[]>(
      `EXPLAIN SELECT id FROM hub.api_client WHERE key_hash = '\\x00'::bytea`,
    );
    expect(JSON.stringify(plan)).toContain('Index Scan using api_client_key_hash_key');
  });

  it('stay recognisable after they are revoked, so that they can be told', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    await clients.revoke('service');
    expect(await clients.findByKey(key)).toMatchObject({ name: 'service', isRevoked: true });
  });

  it('are revoked once: again changes nothing', async () => {
    await clients.create({ name: 'service', permissions: ['tokens:read'] });
    await clients.revoke('service');
    const [first] = await clients.list();
    await clients.revoke('service');
    expect(await clients.list()).toEqual([first]);
  });

  it('are known with a changed limit from then on, and keep it when revoked', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'], rateLimit: 7 });
    expect(await clients.findByKey(key)).toMatchObject({ rateLimit: 7 });
    await clients.limit('service', 0);
    await clients.revoke('service');
    expect(await clients.findByKey(key)).toMatchObject({ rateLimit: 0, isRevoked: true });
    await expect(clients.limit('services', 1)).rejects.toMatchObject({ code: 'unknown_client' });
  });

  it.each(['', 'Platform', '-x', 'a b', 'a'.repeat(64), 'ä'])('cannot be named %p', async (name) => {
    await expect(clients.create({ name, permissions: ['admin'] })).rejects.toMatchObject({
      code: 'invalid_name',
    });
    expect(await clients.list()).toEqual([]);
  });

  it('never share a name, also when two are made at once, also with a revoked one', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => clients.create({ name: 'service', permissions: ['admin'] })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await clients.revoke('service');
    await expect(clients.create({ name: 'service', permissions: ['admin'] })).rejects.toMatchObject({
      code: 'name_taken',
    });
    expect(await clients.list()).toHaveLength(1);
  });

  it('cannot be revoked when there are none of that name', async () => {
    await clients.create({ name: 'service', permissions: ['admin'] });
    await expect(clients.revoke('services')).rejects.toMatchObject({ code: 'unknown_client' });
    expect((await clients.list()).map(({ revokedAt }) => revokedAt)).toEqual([null]);
  });
});
