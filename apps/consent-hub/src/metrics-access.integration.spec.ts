import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { freePort } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { createHub } from './bootstrap.js';

const TOKEN = 'a-token-for-prometheus-1';
const silent = { logDestination: { write: () => undefined } };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 30_000);
afterAll(() => database.drop());

async function withHub(env: NodeJS.ProcessEnv, test: (hub: NestFastifyApplication) => Promise<void>) {
  const hub = await createHub(hubEnvironment(database.url, env), {
    bankClient: new ScriptedBank(),
    ...silent,
  });
  try {
    await test(hub);
  } finally {
    await hub.close();
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('/metrics with HUB_METRICS_TOKEN', () => {
  it('demands the token, and no key of an API client', () =>
    withHub({ HUB_METRICS_TOKEN: TOKEN }, async (hub) => {
      const get = (headers: Record<string, string> = {}) => hub.inject({ url: '/metrics', headers });
      for (const headers of [{}, bearer('another-token-of-16'), { authorization: TOKEN }, bearer('')]) {
        const refused = await get(headers);
        expect(refused.statusCode).toBe(401);
        expect(refused.headers['www-authenticate']).toMatch(/^Bearer /);
        expect(refused.json()).toMatchObject({ code: 'metrics_token_wrong' });
        expect(refused.body).not.toContain(TOKEN);
      }
      const answer = await get(bearer(TOKEN));
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('consent_hub_build_info{');
    }));
});

describe('/metrics with HUB_METRICS_PORT', () => {
  it('is served on that port alone, and nothing else is', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await withHub({ HUB_METRICS_PORT: String(port) }, async (hub) => {
      const onApi = await hub.inject({ url: '/metrics' });
      expect([onApi.statusCode, onApi.json<{ code: string }>().code]).toEqual([404, 'metrics_elsewhere']);
      const answer = await fetch(`${url}/metrics`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(await answer.text()).toContain('consent_hub_build_info{');
      expect((await fetch(`${url}/health/live`)).status).toBe(404);
      expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    });
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
  });

  it('demands the token there, too, where there is one', async () => {
    const port = await freePort();
    const env = { HUB_METRICS_PORT: String(port), HUB_METRICS_TOKEN: TOKEN };
    await withHub(env, async () => {
      const url = `http://127.0.0.1:${port}/metrics`;
      expect((await fetch(url)).status).toBe(401);
      expect((await fetch(url, { headers: bearer(`${TOKEN}x`) })).status).toBe(401);
      expect((await fetch(url, { headers: bearer(TOKEN) })).status).toBe(200);
    });
  });

  it('keeps the hub from starting where the port is in use', async () => {
    const port = await freePort();
    await withHub({ HUB_METRICS_PORT: String(port) }, async () => {
      const second = withHub({ HUB_METRICS_PORT: String(port) }, () => Promise.resolve());
      await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
    });
  });
});

describe('the settings of /metrics', () => {
  it.each([
    [{ HUB_METRICS_TOKEN: 'too short' }, 'HUB_METRICS_TOKEN must be 16 to 256 characters'],
    [{ HUB_METRICS_PORT: '0' }, 'HUB_METRICS_PORT must be a whole number from 1 to 65535'],
  ])('%j keep the hub from starting, and the value out of the message', async (env, message) => {
    await expect(withHub(env, () => Promise.resolve())).rejects.toThrow(message);
  });
});
