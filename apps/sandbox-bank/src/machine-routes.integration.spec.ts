import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@consent-hub/platform';
import { createTestDatabase } from '@consent-hub/testing';
import { AppModule } from './app.module.js';
import { BankSettings } from './model/settings/bank.settings.js';
import { MACHINE_ENDPOINTS, spellingsOf } from './model/faults/fault-endpoints.js';
import { createAdapter } from './http-adapter.js';

describe('the endpoints of the machine API', () => {
  it('are those at which a fault may be set', async () => {
    const routes: { method: string; url: string }[] = [];
    const adapter = createAdapter(createLogger('sandbox-bank', 'silent'));
    adapter.getInstance().addHook('onRoute', ({ method, url, constraints }) => {
      if (constraints && 'side' in constraints) routes.push({ method: String(method), url });
    });
    const database = await createTestDatabase();
    const settings = new BankSettings({ codeSeconds: 300, accessTokenSeconds: 3600, scaTokenSeconds: 3600 });
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.register(await database.open(), settings),
      adapter,
      { logger: ['error', 'warn'] },
    );
    await app.init();
    const known = routes.map(({ method, url }) =>
      MACHINE_ENDPOINTS.find((each) => spellingsOf(method, url, url).includes(each)),
    );
    expect([...known].sort()).toEqual([...MACHINE_ENDPOINTS].sort());
    await app.close();
    await database.drop();
  });
});
