import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentQueryController } from './consent-query.controller.js';
import { ConsentQueryService } from './consent-query.service.js';

@Module({ imports: [ConsentModule], controllers: [ConsentQueryController], providers: [ConsentQueryService] })
export class ConsentQueryModule {}
