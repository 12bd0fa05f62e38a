import { Module } from '@nestjs/common';
import { ApiClientEntity } from './api-client.entity.js';
import { ApiClientService } from './api-client.service.js';
import { ApiKeyGuard } from './api-key.guard.js';

/** For the app's database options. */
export const API_CLIENT_ENTITIES = [ApiClientEntity];

@Module({ providers: [ApiClientService, ApiKeyGuard], exports: [ApiKeyGuard] })
export class ApiClientModule {}
