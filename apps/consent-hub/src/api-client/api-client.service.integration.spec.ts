import { poolOf } from '@consent-hub/platform';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from './api-client.module.js';
import { ApiClientService } from './api-client.service.js';
import { newApiKey } from './api-key.js';

describe('API clients', () => {
  jest.setTimeout(30_000);
  let database: TestDatabase;
  let dataSource: DataSource;
  let clients: ApiClientService;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await database.open(API_CLIENT_ENTITIES);
    clients = new ApiClientService(dataSource);
  });
  afterEach(() => database.drop());

  it('are made with a key that is shown once and stored as a hash only', async () => {
    const { client, key } = await clients.create({ name: 'platform', permissions: ['admin'] });
    expect(client).toMatchObject({ name: 'platform', permissions: ['admin'], revokedAt: null });
    expect(client.createdAt).toBeInstanceOf(Date);
    expect(await dumpDatabase(database.url)).toContain('platform');
    expect(await dumpDatabase(database.url)).not.toContain(key.reveal());
    const listed = JSON.stringify(await clients.list());
    expect(listed).not.toMatch(/hash|ch_[\w-]{7}/i);
    expect(listed).toContain(key.reveal().slice(0, 9));
  });

  it('are recognised by their key, with what they may do', async () => {
    const { client, key, keyId } = await clients.create({
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
      keyId,
      isRevoked: false,
      isExpired: false,
    });
    expect(await clients.findByKey(newApiKey())).toBeNull();
  });

  it('may read tokens of every scope unless scopes are given', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    expect((await clients.findByKey(key))?.tokenScopes).toEqual(new Set(['AIS', 'CAF', 'PIS']));
  });

  it('are recognised in one statement, by two indexes, however many clients and keys there are', async () => {
    const many = 20_000;
    await dataSource.query(
      `WITH client AS (
         INSERT INTO hub.api_client (id, name, permissions)
         SELECT gen_random_uuid(), 'client-' || n, '{admin}' FROM generate_series(1, $1) AS n RETURNING id
       )
       INSERT INTO hub.api_client_key (id, api_client_id, key_hash)
       SELECT gen_random_uuid(), id, sha256((id::text || n)::bytea) FROM client, generate_series(1, 3) AS n`,
      [many],
    );
    await dataSource.query('ANALYZE hub.api_client, hub.api_client_key');
    const { key } = await clients.create({ name: 'platform', permissions: ['admin'] });
    const statements = jest.spyOn(poolOf(dataSource), 'query');
    expect(await clients.findByKey(key)).toMatchObject({ name: 'platform' });
    const [[sent] = []] = statements.mock.calls as unknown as [{ text: string; values: unknown[] }][];
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
    const plan = await dataSource.query<object[]>(`EXPLAIN (ANALYZE) ${sent?.text}`, sent?.values);
    expect(JSON.stringify(plan)).toMatch(
      /Index Scan using api_client_key_key_hash_key.*Index Scan using api_client_pkey/,
    );
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  });

  it('stay recognisable after they are revoked, so that the refusal can say so', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    await clients.revoke('service');
    expect(await clients.findByKey(key)).toMatchObject({ name: 'service', isRevoked: true });
  });

  it('are revoked once: again changes nothing', async () => {
    await clients.create({ name: 'service', permissions: ['tokens:read'] });
    await clients.revoke('service');
    const first = await clients.list();
    await clients.revoke('service');
    expect(await clients.list()).toEqual(first);
  });

  it('are known with a changed limit from then on, and keep it when revoked', async () => {
    const { key } = await clients.create({ name: 'service', permissions: ['tokens:read'], rateLimit: 7 });
    expect(await clients.findByKey(key)).toMatchObject({ rateLimit: 7 });
    await clients.limit('service', 0);
    await clients.revoke('service');
    expect(await clients.findByKey(key)).toMatchObject({ rateLimit: 0, isRevoked: true });
    for (const name of ['services', 'service'])
      await expect(clients.limit(name, 1)).rejects.toMatchObject({ code: 'unknown_client' });
    expect(await clients.findByKey(key)).toMatchObject({ rateLimit: 0, isRevoked: true });
  });

  it.each(['', 'Platform', '-x', 'a b', 'a'.repeat(64), 'ä'])('cannot be named %p', async (name) => {
    await expect(clients.create({ name, permissions: ['admin'] })).rejects.toMatchObject({
      code: 'invalid_name',
    });
    expect(await clients.list()).toEqual([]);
  });

  it('never share a name while they are not revoked, also when two are made at once', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => clients.create({ name: 'service', permissions: ['admin'] })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(clients.create({ name: 'service', permissions: ['admin'] })).rejects.toMatchObject({
      code: 'name_taken',
    });
    expect(await clients.list()).toHaveLength(1);
    expect(await dataSource.query('SELECT FROM hub.api_client_key')).toHaveLength(1);
  });

  it('leave their name when they are revoked, to another client, which the old key does not open', async () => {
    const first = await clients.create({ name: 'service', permissions: ['admin'] });
    await clients.revoke('service');
    const second = await clients.create({ name: 'service', permissions: ['tokens:read'] });
    expect(await clients.findByKey(first.key)).toMatchObject({ id: first.client.id, isRevoked: true });
    expect(await clients.findByKey(second.key)).toMatchObject({ id: second.client.id, isRevoked: false });
    await clients.limit('service', 5);
    await clients.rotate('service', { overlapSeconds: 0 });
    await clients.revoke('service');
    const [old, renewed] = await clients.list();
    expect(old).toMatchObject({ client: { rateLimit: null }, keys: [{ id: first.keyId }] });
    expect(renewed).toMatchObject({ client: { rateLimit: 5, revokedAt: expect.any(Date) }, keys: [{}, {}] });
  });

  it('cannot be revoked when there are none of that name', async () => {
    await clients.create({ name: 'service', permissions: ['admin'] });
    await expect(clients.revoke('services')).rejects.toMatchObject({ code: 'unknown_client' });
    expect((await clients.list()).map(({ client }) => client.revokedAt)).toEqual([null]);
  });
});
