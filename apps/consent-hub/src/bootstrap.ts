import type { BankClient } from '@consent-hub/bank-client';
import {
  createLogger,
  findTracer,
  flushSpans,
  freePort,
  NestLogger,
  ProblemWriter,
  urlOf,
  warnOfUnknownVariables,
} from '@consent-hub/platform';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream, Logger } from 'pino';
import { AppModule } from './app.module.js';
import { readHubSettings, type HubSettings } from './config/hub-settings.js';
import { createAdapter } from './http-server/create-adapter.js';
import { serveOpenApi } from './openapi/serve-openapi.js';

/** Contexts in which Nest logs each part of the app as it is built. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
/** Nest's own log of a boot that failed; the caller that started the hub gets the error and logs it in plain words. */
const BOOT_FAILURE_CONTEXT = 'ExceptionHandler';

/** Nest's lines without the noise of the boot: the hub says one line when it listens. */
export class BootLogger extends NestLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (BOOT_CONTEXTS.has(String(rest.at(-1)))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) === BOOT_FAILURE_CONTEXT) this.debug(message, ...rest);
    else super.error(message, ...rest);
  }
}

/** Longer than it takes to settle the last answers, or to find that the database is away and leave them to the spool. */
const SETTLING_MS = 30_000;

/** What tests put in the place of the world outside. */
export interface HubOverrides {
  readonly bankClient?: BankClient;
  /** Where log lines go instead of stdout. */
  readonly logDestination?: DestinationStream;
}

/** A hub that serves requests. */
export interface RunningHub {
  /** Where it listens, as this machine reaches it. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  /** As long as a call to the bank may take, and its settling: an orchestrator that grants less cuts off what is under way. */
  readonly shutdownMs: number;
  /** Stops accepting, finishes what is under way, closes the database. */
  close(): Promise<void>;
}

/**
 * The hub, ready for `inject` and not listening.
 *
 * @throws EnvironmentError, ForeignSchemaError or CertificateError
 */
export async function createHub(
  env: NodeJS.ProcessEnv,
  overrides: HubOverrides = {},
): Promise<NestFastifyApplication> {
  const settings = readHubSettings(env);
  return build(settings, createHubLogger(settings, overrides), overrides);
}

/**
 * The hub, listening. Port 0 becomes a free port before anything is derived from it: the public URL, the instance's name.
 *
 * @throws what `createHub` throws, and the error of an address that cannot be listened on
 */
export async function startHub(env: NodeJS.ProcessEnv, overrides: HubOverrides = {}): Promise<RunningHub> {
  const settings = readHubSettings(
    env['HUB_PORT'] === '0' ? { ...env, HUB_PORT: String(await freePort()) } : env,
  );
  const logger = createHubLogger(settings, overrides);
  const app = await build(settings, logger, overrides);
  const { HUB_HOST, HUB_PORT, publicUrl, instance } = settings.http;
  await orClose(app, app.listen(HUB_PORT, HUB_HOST));
  const url = urlOf('http', HUB_HOST, HUB_PORT);
  logger.info({ url, publicUrl, instance }, 'listening');
  const shutdownMs = settings.bank.tokenTimeoutMs + SETTLING_MS;
  return { url, app, logger, shutdownMs, close: () => app.close().then(flushSpans) };
}

function createHubLogger({ http }: HubSettings, { logDestination }: HubOverrides): Logger {
  // All parts that are built from now on may check whether there is one.
  findTracer();
  return createLogger('consent-hub', http.HUB_LOG_LEVEL, logDestination);
}

function build(
  settings: HubSettings,
  logger: Logger,
  { bankClient }: HubOverrides,
): Promise<NestFastifyApplication> {
  warnOfUnknownVariables(logger, settings.unknownVariables);
  return assemble(AppModule.register(settings, bankClient), logger, settings.http.publicUrl);
}

/** Any root module, served as the hub serves: its adapter, its log, its description of the API. */
export async function assemble(
  root: DynamicModule,
  logger: Logger,
  publicUrl: string,
): Promise<NestFastifyApplication> {
  const adapter = createAdapter(logger, new ProblemWriter(publicUrl));
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new BootLogger(logger),
    // The adapter has its own, stricter one.
    bodyParser: false,
    // Nest would end the process, without a word on what to put right.
    abortOnError: false,
  });
  serveOpenApi(app);
  await orClose(app, app.init());
  await adapter.getInstance().ready();
  return app;
}

/** A boot that fails half-way leaves no connection behind. */
async function orClose(app: NestFastifyApplication, step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    await app.close();
    throw error;
  }
}
