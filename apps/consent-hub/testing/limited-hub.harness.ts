import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createLogger, NestLogger, ProblemWriter } from '@consent-hub/platform';
import { hubEnvironment, ScriptedBank } from '@consent-hub/testing';
import { RequestRateLimiter } from '../src/api-client/request-rate.limiter.js';
import { AppModule } from '../src/app.module.js';
import { readHubSettings } from '../src/config/hub-settings.js';
import { createAdapter } from '../src/http-server/create-adapter.js';
import { serveOpenApi } from '../src/openapi/serve-openapi.js';

/**
 * The hub as it is, but for the clock of its request limits.
 *
 * @param now milliseconds
 */
export async function createLimitedHub(
  databaseUrl: string,
  perSecond: number,
  now: () => number,
): Promise<NestFastifyApplication> {
  const hub = AppModule.register(readHubSettings(hubEnvironment(databaseUrl)), new ScriptedBank());
  const silent = createLogger('test', 'silent');
  const module = await Test.createTestingModule({ imports: [hub] })
    .setLogger(new NestLogger(silent))
    .overrideProvider(RequestRateLimiter)
    .useValue(new RequestRateLimiter(perSecond, now))
    .compile();
  const adapter = createAdapter(silent, new ProblemWriter('https://hub.example'));
  const app = module.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false });
  serveOpenApi(app);
  return app.init();
}
