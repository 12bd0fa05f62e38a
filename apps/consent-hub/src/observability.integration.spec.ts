import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSENT_ENTITIES } from '@consent-hub/consent';
import { newId } from '@consent-hub/platform';
import {
  createTestDatabase,
  GivenConsents,
  hubEnvironment,
  ScriptedBank,
  type TestDatabase,
} from '@consent-hub/testing';
import { GrantEvents } from '@consent-hub/token-grant';
import type { DataSource } from 'typeorm';
import { API_CLIENT_ENTITIES } from './api-client/api-client.module.js';
import { ApiClientService } from './api-client/api-client.service.js';
import { createHub } from './bootstrap.js';

let database: TestDatabase;
let dataSource: DataSource;
let hub: NestFastifyApplication;

const silent = { logDestination: { write: () => undefined } };
const newHub = () => createHub(hubEnvironment(database.url), { bankClient: new ScriptedBank(), ...silent });

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open([...API_CLIENT_ENTITIES, ...CONSENT_ENTITIES]);
  hub = await newHub();
}, 30_000);
afterAll(async () => {
  await hub.close();
  await database.drop();
});

const get = (url: string, key?: string, app = hub) =>
  app.inject({ method: 'GET', url, headers: key ? { authorization: `Bearer ${key}` } : {} });

describe('GET /v1/stats', () => {
  const keyWith = async (permission: 'admin' | 'consents:read') =>
    (
      await new ApiClientService(dataSource).create({ name: newId(), permissions: [permission] })
    ).key.reveal();

  it('is for admins', async () => {
    expect((await get('/v1/stats')).statusCode).toBe(401);
    const refused = await get('/v1/stats', await keyWith('consents:read'));
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'permission_missing', permission: 'admin' });
    const answer = await get('/v1/stats', await keyWith('admin'));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      as_of: expect.stringMatching(/Z$/),
      consents: { total: 0, by_state: { initiated: 0 } },
      refreshes: { by_outcome: {}, by_hour: [] },
      due: 0,
      overdue: 0,
      in_doubt: 0,
      guard: { belfius: { status: 'closed' }, banx: { status: 'closed' } },
    });
  });

  it('answers in the fields that the description of the API names', async () => {
    const { components } = (await get('/openapi.json')).json<{
      components: { schemas: Record<string, { properties: Record<string, object> }> };
    }>();
    const schema = components.schemas['StatisticsView'];
    expect(Object.keys(schema?.properties ?? {}).sort()).toEqual(
      [
        ...['as_of', 'brands', 'consents', 'due', 'guard', 'in_doubt', 'oldest_due_at', 'open_requests'],
        ...['overdue', 'refreshes'],
      ].sort(),
    );
  });
});

describe('GET /metrics', () => {
  it('returns figures of requests, consents, what waits, and the process to Prometheus', async () => {
    const given = new GivenConsents(dataSource);
    const psuRef = 'a-person-of-the-tpp';
    await given.live(await given.caller(), { psuRef });
    const ended = {
      type: 'request_ended',
      consentId: psuRef,
      isProbe: false,
      isScheduled: true,
      seconds: 0.3,
      reason: null,
    } as const;
    hub
      .get(GrantEvents)
      .emit({ ...ended, brand: 'belfius', grantType: 'refresh_token', outcome: 'committed' });
    // What statistics asked for shortly before answers here, too; the next hub has not been asked.
    const other = await newHub();
    const counted = await get('/metrics');
    expect(counted.statusCode).toBe(200);
    expect(counted.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const labels = 'brand="belfius",grant="refresh_token"';
    expect(counted.body).toContain(
      `consent_hub_token_requests_total{${labels},outcome="committed",trigger="schedule"} 1`,
    );
    expect(counted.body).toContain(`consent_hub_token_request_duration_seconds_bucket{le="0.5",${labels}} 1`);
    expect(counted.body).toMatch(/^process_cpu_seconds_total /m);
    const { body } = await get('/metrics', undefined, other);
    for (const line of [
      'consent_hub_consents{brand="belfius",scope="AIS",state="active"} 1',
      'consent_hub_live_consents{brand="belfius"} 1',
      'consent_hub_live_consents{brand="banx"} 0',
      'consent_hub_refreshes_due{brand="belfius"} 0',
      'consent_hub_refreshes_overdue{brand="banx"} 0',
      'consent_hub_token_requests_open{brand="belfius"} 0',
      'consent_hub_token_requests_in_doubt{brand="belfius"} 0',
      'consent_hub_refresh_guard{brand="belfius",status="closed"} 1',
      'consent_hub_refresh_guard{brand="belfius",status="open"} 0',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    for (const figure of ['files', 'bytes', 'free_bytes'])
      expect(body).toMatch(new RegExp(`^consent_hub_spool_${figure} \\d+$`, 'm'));
    expect(body).not.toContain('outcome="committed"');
    expect(counted.body + body).not.toContain(psuRef);
    await other.close();
  });

  it('has each request by route, client and class of the status, and how reads of tokens ended', async () => {
    const own = await newHub();
    const clients = new ApiClientService(dataSource);
    const { key } = await clients.create({
      name: 'reader',
      permissions: ['tokens:read'],
      tokenScopes: ['AIS'],
    });
    const given = new GivenConsents(dataSource);
    const id = await given.live(await given.caller());
    await get(`/v1/consents/${newId()}/access-token`, key.reveal(), own);
    await get(`/v1/consents/${id}/access-token`, undefined, own);
    await get(`/an/invented/path/${id}`, undefined, own);
    const { body } = await get('/metrics', undefined, own);
    const count = 'consent_hub_http_request_duration_seconds_count';
    const route = 'method="GET",route="/v1/consents/:id/access-token"';
    for (const line of [
      `${count}{${route},client="reader",status="4xx"} 1`,
      `${count}{${route},client="",status="4xx"} 1`,
      `${count}{method="unmatched",route="unmatched",client="",status="4xx"} 1`,
      'consent_hub_token_reads_total{result="served",code=""} 0',
      'consent_hub_token_reads_total{result="refused",code="consent_not_found"} 1',
      'consent_hub_oldest_due_refresh_seconds{brand="belfius"} 0',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    // A hub that has just ended counts for as long as its silence may be a pause.
    expect(body).toMatch(/^consent_hub_instances_living [23]$/m);
    expect(body).toMatch(/^consent_hub_build_info{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"} 1$/m);
    expect(body).not.toContain(id);
    await own.close();
  });

  it('answers without a key, and with what is counted here while the database is away', async () => {
    const own = await createTestDatabase();
    const app = await createHub(hubEnvironment(own.url), { bankClient: new ScriptedBank(), ...silent });
    await own.drop();
    const answer = await get('/metrics', undefined, app);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toMatch(/^process_cpu_seconds_total /m);
    expect(answer.body.split('\n')).toContain('consent_hub_spool_writable 1');
    expect(answer.body).not.toContain('consent_hub_refreshes_due{');
    await app.close();
  }, 30_000);
});
