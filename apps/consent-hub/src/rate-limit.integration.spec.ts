import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, dumpDatabase, type TestDatabase } from '@consent-hub/testing';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { createLimitedHub } from '../testing/limited-hub.harness.js';

/** Limit of the hub; clients may have a limit of their own. */
const PER_SECOND = 3;
const OPENING = { scope: 'AIS', brand: 'belfius', psu_ref: 'customer-1' };

let database: TestDatabase;
let clients: ApiClientService;
let app: NestFastifyApplication;
let now = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  clients = new ApiClientService(await database.open(API_CLIENT_ENTITIES));
  app = await createLimitedHub(database.url, PER_SECOND, () => now);
}, 30_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});

const keyOf = async (name: string, rateLimit?: number) => {
  const { key } = await clients.create({
    name,
    permissions: ['consents:read', 'consents:write'],
    rateLimit: rateLimit ?? null,
  });
  return key.reveal();
};
const call = (url: string, key?: string, opening?: object) =>
  app.inject({
    method: opening ? 'POST' : 'GET',
    url,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(opening && { payload: opening }),
  });
const open = (key: string) => call('/v1/consents', key, OPENING);
const statuses = async (calls: number, make: () => ReturnType<typeof call>): Promise<number[]> => {
  const answers = await Promise.all(Array.from({ length: calls }, make));
  return answers.map(({ statusCode }) => statusCode).sort();
};

describe('an API client that calls more often than it may', () => {
  it('gets the time of its next call, and is served then', async () => {
    const key = await keyOf('busy');
    expect(await statuses(PER_SECOND, () => call('/v1/consents', key))).toEqual([200, 200, 200]);
    const refused = await call('/v1/consents', key);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      'content-type': 'application/problem+json',
    });
    expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    now += Number(refused.headers['retry-after']) * 1000;
    expect((await call('/v1/consents', key)).statusCode).toBe(200);
  });

  it('changes nothing, and opens what it wanted once it comes back', async () => {
    const key = await keyOf('opener');
    await statuses(PER_SECOND, () => call('/v1/consents', key));
    const before = await dumpDatabase(database.url);
    expect((await open(key)).statusCode).toBe(429);
    expect(await dumpDatabase(database.url)).toBe(before);
    now += 1000;
    expect((await open(key)).statusCode).toBe(201);
  });

  it('takes nothing from another client', async () => {
    const [greedy, modest] = [await keyOf('greedy'), await keyOf('modest')];
    expect(await statuses(20, () => call('/v1/consents', greedy))).toEqual([
      ...Array<number>(PER_SECOND).fill(200),
      ...Array<number>(20 - PER_SECOND).fill(429),
    ]);
    expect((await call('/v1/consents', modest)).statusCode).toBe(200);
  });

  it('is measured by its own limit, and by a changed one from the next request on', async () => {
    const key = await keyOf('special', 1);
    expect(await statuses(2, () => call('/v1/consents', key))).toEqual([200, 429]);
    await clients.limit('special', 0);
    expect(new Set(await statuses(30, () => call('/v1/consents', key)))).toEqual(new Set([200]));
  });

  it('is counted by its name', async () => {
    const key = await keyOf('counted', 1);
    await statuses(4, () => call('/v1/consents', key));
    await call('/v1/consents', 'unknown-key');
    const { body } = await call('/metrics');
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'consent_hub_problems_total{code="rate_limited",client="counted"} 3',
        'consent_hub_problems_total{code="api_key_invalid",client=""} 1',
      ]),
    );
    expect((await call('/metrics')).body).toContain('{code="rate_limited",client="counted"} 3\n');
  });
});

describe('the description of the API', () => {
  it('names the refusal of each call that needs a key', async () => {
    const { paths } = (await call('/openapi.json')).json<{ paths: Record<string, object> }>();
    const operations = Object.values(paths).flatMap((path) =>
      Object.values(path as Record<string, { security?: object[]; responses: Record<string, object> }>),
    );
    const withKey = operations.filter(({ security }) => security?.length);
    expect(withKey.length).toBeGreaterThan(10);
    for (const { responses } of withKey) expect(responses).toHaveProperty('429');
  });
});

describe('what is public', () => {
  it.each(['/health/live', '/health/ready', '/metrics', '/callback/belfius?state=x'])(
    'is not limited: %s',
    async (url) => {
      const key = await keyOf(url.replaceAll(/[^a-z]/g, ''), 1);
      const answers = await statuses(10, () => call(url, key));
      expect(new Set(answers).size).toBe(1);
      expect(answers).not.toContain(429);
    },
  );
});
