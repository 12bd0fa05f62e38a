import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConsentQueryController } from './consent-query.controller.js';
import { ConsentQueryService } from './consent-query.service.js';
import { ConsentSearchController } from './consent-search.controller.js';
import { ConsentSearchService } from './consent-search.service.js';

/** Needs the port `ApiClientNames`. */
@Module({
  imports: [ConsentModule],
  controllers: [ConsentSearchController, ConsentQueryController],
  providers: [ConsentQueryService, ConsentSearchService],
})
export class ConsentQueryModule {}
