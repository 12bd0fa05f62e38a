import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ApiClientNames } from './api-client-names.query.js';
import { ConsentQueryController } from './consent-query.controller.js';
import { ConsentQueryService } from './consent-query.service.js';
import { ConsentSearchController } from './consent-search.controller.js';
import { ConsentSearchService } from './consent-search.service.js';
import { TokenUsesQuery } from './token-uses.query.js';

@Module({
  imports: [ConsentModule],
  controllers: [ConsentSearchController, ConsentQueryController],
  providers: [ConsentQueryService, ConsentSearchService, TokenUsesQuery, ApiClientNames],
})
export class ConsentQueryModule {}
