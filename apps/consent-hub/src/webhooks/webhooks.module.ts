import { ConsentModule, WebhookAdministration, WebhookFigures } from '@consent-hub/consent';
import { Global, Module } from '@nestjs/common';
import { WebhooksSettings } from '../config/webhooks.settings.js';
import { EventViews } from '../http-api/event.view.js';
import { RetrySchedule } from './retry-schedule.js';
import { SafeHttpCaller } from './safe-http-caller.js';
import { WebhookAdministrationService } from './webhook-administration.service.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookAttemptService } from './webhook-attempt.service.js';
import { ATTEMPT_MS, WebhookDelivererService } from './webhook-deliverer.service.js';
import { WebhookDeliveryRepository } from './webhook-delivery.repository.js';
import { WebhookDispatchJob } from './webhook-dispatch.job.js';
import { WebhookDispatchRepository } from './webhook-dispatch.repository.js';
import { WebhookMessagesService } from './webhook-messages.service.js';
import { WebhookOverviewQuery } from './webhook-overview.query.js';
import { WebhookPruningJob } from './webhook-pruning.job.js';
import { WebhookTally } from './webhook-tally.js';
import { WebhookTestService } from './webhook-test.service.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Global for its ports alone: metrics asks `WebhookFigures`, the console `WebhookAdministration`. */
@Global()
@Module({
  imports: [ConsentModule],
  controllers: [WebhooksController, WebhookDeliveriesController],
  providers: [
    EventViews,
    WebhooksService,
    WebhookDeliveriesService,
    WebhookRepository,
    WebhookDeliveryRepository,
    WebhookDispatchRepository,
    WebhookMessagesService,
    WebhookAttemptService,
    WebhookTestService,
    WebhookDelivererService,
    WebhookDispatchJob,
    WebhookPruningJob,
    WebhookTally,
    WebhookOverviewQuery,
    { provide: WebhookAdministration, useClass: WebhookAdministrationService },
    { provide: WebhookFigures, useExisting: WebhookTally },
    {
      provide: SafeHttpCaller,
      useFactory: (settings: WebhooksSettings) => {
        const ca = settings.readCa();
        const { allowsPrivate } = settings;
        return new SafeHttpCaller({ allowsPrivate, timeoutMs: ATTEMPT_MS, ...(ca !== undefined && { ca }) });
      },
      inject: [WebhooksSettings],
    },
    {
      provide: RetrySchedule,
      useFactory: ({ retrySeconds }: WebhooksSettings) => new RetrySchedule(retrySeconds),
      inject: [WebhooksSettings],
    },
  ],
  exports: [WebhookAdministration, WebhookFigures],
})
export class WebhooksModule {}
