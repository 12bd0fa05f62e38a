import type { AddressInfo } from 'node:net';
import { types } from 'node:util';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CertificateError, mtlsOptions } from '@consent-hub/eidas';
import {
  CONNECTION_TIMEOUTS,
  createLogger,
  databaseOptions,
  NestLogger,
  openOwnDatabase,
  operatorFault,
  urlOf,
  warnOfUnknownVariables,
  type ConnectionTimeouts,
  type Pooler,
} from '@consent-hub/platform';
import { perBrand, type Brand } from '@consent-hub/psd2-protocol';
import type { DestinationStream, Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { BANK_SCHEMA } from '../../../migrations/sandbox-bank/index.js';
import { AppModule } from './app.module.js';
import { createAdapter } from './http-adapter.js';
import { AnswerDelayService } from './machine-api/answer-delay.service.js';
import { MachineServers, OpenConnections } from './machine-api/machine.server.js';
import { PsuRepository } from './model/accounts/psu.repository.js';
import { CustomersFileError, readCustomers } from './model/accounts/customers-file.settings.js';
import { PsuPagesService } from './model/consents/psu-pages.service.js';
import { readAssumptions } from './model/settings/assumptions.js';
import { BankSettings } from './model/settings/bank.settings.js';
import { ClientsFileError, readClientsFile } from './model/tpps/clients-file.settings.js';
import { TppRepository } from './model/tpps/tpp.repository.js';
import {
  readSandboxEnvironment,
  unknownSandboxVariables,
  type SandboxEnvironment,
} from './sandbox.environment.js';

/** A running sandbox bank. */
export interface RunningBank {
  /** The plain port: the PSU's pages, and the control calls. */
  readonly controlUrl: string;
  /** The machine ports. */
  readonly apiUrls: Readonly<Record<Brand, string>>;
  readonly logger: Logger;
  /** Takes no more requests, ends those under way, and closes the database. */
  close(): Promise<void>;
}

/** What tests replace. */
export interface BankOverrides {
  readonly timeouts?: ConnectionTimeouts;
  /** Where log lines go instead of stdout. */
  readonly logDestination?: DestinationStream | undefined;
}

/**
 * Starts the bank, with its test customers and the TPPs of its clients file.
 *
 * @throws EnvironmentError, ForeignSchemaError, CertificateError, ClientsFileError, CustomersFileError, or the error of the
 *   database or of a port
 */
export async function startSandboxBank(
  env: NodeJS.ProcessEnv,
  { timeouts = CONNECTION_TIMEOUTS, logDestination }: BankOverrides = {},
): Promise<RunningBank> {
  const settings = readSandboxEnvironment(env);
  const logger = createLogger('sandbox-bank', settings.SANDBOX_LOG_LEVEL, logDestination);
  warnOfUnknownVariables(logger, unknownSandboxVariables(env));
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await start({ settings, logger, timeouts }, undo)), logger, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Start {
  readonly settings: SandboxEnvironment;
  readonly logger: Logger;
  readonly timeouts: ConnectionTimeouts;
}

/** @param undo what must be done to close, in the order in which it was opened */
async function start(
  { settings, logger, timeouts }: Start,
  undo: (() => Promise<unknown>)[],
): Promise<Pick<RunningBank, 'controlUrl' | 'apiUrls'>> {
  const tls = mtlsOptions({
    certFile: settings.SANDBOX_TLS_CERT_FILE,
    keyFile: settings.SANDBOX_TLS_KEY_FILE,
    caFile: settings.SANDBOX_TLS_CA_FILE,
  });
  const { clients, faults } = await readClientsFile(settings.SANDBOX_CLIENTS_FILE);
  for (const { message } of faults) logger.error(message);
  const dataSource = await openDatabase(settings.DATABASE_URL, settings.DATABASE_POOLER);
  undo.push(() => dataSource.destroy());

  const adapter = createAdapter(logger, timeouts);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(dataSource, bankSettingsOf(settings)),
    adapter,
    { logger: new NestLogger(logger), abortOnError: false },
  );
  const connections = new OpenConnections(adapter.getHttpServer());
  undo.push(() => connections.endWith(app.close()));
  await app.get(PsuRepository, { strict: false }).enrol(readCustomers());
  const tpps = app.get(TppRepository, { strict: false });
  for (const client of clients) await tpps.register(client);

  const host = settings.SANDBOX_HOST;
  await app.listen(settings.SANDBOX_HTTP_PORT, host);
  const controlUrl = urlOf('http', host, (adapter.getHttpServer().address() as AddressInfo).port);
  app.get(PsuPagesService, { strict: false }).openAt(controlUrl);
  const ports = perBrand((brand) => settings.machinePort(brand));
  const machines = await MachineServers.listen(adapter.getInstance(), { host, ports, tls, timeouts });
  undo.push(() => machines.close());
  const answers = app.get(AnswerDelayService, { strict: false });
  undo.push(() => Promise.resolve(answers.release()));

  const apiUrls = perBrand((brand) => urlOf('https', host, machines.port(brand)));
  logger.info({ controlUrl, apiUrls }, 'listening');
  return { controlUrl, apiUrls };
}

function bankSettingsOf(settings: SandboxEnvironment): BankSettings {
  return new BankSettings(
    {
      codeSeconds: settings.SANDBOX_CODE_SECONDS,
      accessTokenSeconds: settings.SANDBOX_ACCESS_TOKEN_SECONDS,
      scaTokenSeconds: settings.SANDBOX_SCA_TOKEN_SECONDS,
      linkSeconds: settings.SANDBOX_LINK_SECONDS,
      consentDays: settings.SANDBOX_CONSENT_DAYS,
    },
    { contract: settings.SANDBOX_CONTRACT, assumptions: readAssumptions(settings.SANDBOX_ASSUMPTIONS) },
  );
}

/** The text for a failed start: what an operator can correct in one sentence, any other error with its stack. */
export function bootFailureText(error: unknown): string {
  return `The sandbox bank cannot start.\n${reasonOf(error)}\n`;
}

function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'A value that is not an Error was thrown.';
  if (error instanceof ClientsFileError || error instanceof CustomersFileError) return error.message;
  if (error instanceof CertificateError) return `A TLS file is not usable: ${error.message}`;
  if ('syscall' in error && error.syscall === 'listen') return `A port is not usable: ${error.message}`;
  return operatorFault(error) ?? error.stack ?? error.message;
}

/**
 * Connects to the bank's database; the model speaks SQL, so there are no entities.
 *
 * @throws ForeignSchemaError when other migrations ran on it than this program knows
 */
const openDatabase = (url: string, pooler: Pooler = 'none'): Promise<DataSource> =>
  openOwnDatabase(databaseOptions(url, 'sandbox-bank', [], { pooler }), BANK_SCHEMA);
