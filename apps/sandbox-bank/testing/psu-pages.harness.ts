import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@consent-hub/platform';
import type { DataSource } from 'typeorm';
import { AppModule } from '../src/app.module.js';
import { BankSettings } from '../src/model/settings/bank.settings.js';
import { createAdapter } from '../src/http-adapter.js';

const SETTINGS = new BankSettings({ codeSeconds: 300, accessTokenSeconds: 3600, scaTokenSeconds: 3600 });

/** The bank without its machine ports: two of these on one database are two processes of it. */
export async function startPsuPages(dataSource: DataSource): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(dataSource, SETTINGS),
    createAdapter(createLogger('sandbox-bank', 'silent')),
    { logger: ['error', 'warn'] },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
