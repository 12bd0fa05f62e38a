import { ConsentModule } from '@consent-hub/consent';
import { TokenRequestSearch } from '@consent-hub/token-grant';
import { Module } from '@nestjs/common';
import { ConsoleLinkRepository } from './access/console-link.repository.js';
import { ConsoleSessionRepository } from './access/console-session.repository.js';
import { ConsoleSessionsJob } from './access/console-sessions.job.js';
import { ConsoleSite } from './access/console-site.js';
import { SignInController } from './access/sign-in.controller.js';
import { SignInService } from './access/sign-in.service.js';
import { AttentionActionsService } from './attention/attention-actions.service.js';
import { AttentionNoteRepository } from './attention/attention-note.repository.js';
import { AttentionController } from './attention/attention.controller.js';
import { AttentionService } from './attention/attention.service.js';
import { ConsentGroupsService } from './attention/consent-groups.service.js';
import { HubCausesService } from './attention/hub-causes.service.js';
import { ShownConsentsService } from './attention/shown-consents.service.js';
import { AdminActionRepository } from './audit/admin-action.repository.js';
import { AuditController } from './audit/audit.controller.js';
import { RecordedExportService } from './audit/recorded-export.service.js';
import { BankActionsService } from './banks/bank-actions.service.js';
import { BanksController } from './banks/banks.controller.js';
import { BanksService } from './banks/banks.service.js';
import { ClientActionsService } from './clients/client-actions.service.js';
import { ClientFactsService } from './clients/client-facts.service.js';
import { ClientController } from './clients/client.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { ConsentActionsService } from './consents/consent-actions.service.js';
import { ConsentDetailService } from './consents/consent-detail.service.js';
import { ConsentListingService } from './consents/consent-listing.service.js';
import { ConsentRelationsService } from './consents/consent-relations.service.js';
import { ConsentController } from './consents/consent.controller.js';
import { ConsentsController } from './consents/consents.controller.js';
import { KeptAnswerController } from './consents/kept-answer.controller.js';
import { KeptAnswerService } from './consents/kept-answer.service.js';
import { EventHistoryService } from './events/event-history.service.js';
import { ConsoleEventsController } from './events/events.controller.js';
import { InstanceRunsService } from './instances/instance-runs.service.js';
import { InstancesController } from './instances/instances.controller.js';
import { KeyListService } from './security/key-list.service.js';
import { SecurityActionsService } from './security/security-actions.service.js';
import { SecurityController } from './security/security.controller.js';
import { PastErasuresService } from './security/past-erasures.service.js';
import { SecurityService } from './security/security.service.js';
import { OidcController } from './oidc/oidc.controller.js';
import { OidcService } from './oidc/oidc.service.js';
import { AttentionCountsQuery } from './overview/attention-counts.query.js';
import { HubConditionService } from './overview/hub-condition.service.js';
import { LatestEventsQuery } from './overview/latest-events.query.js';
import { LiveOverviewService } from './overview/live-overview.service.js';
import { OverviewPlotsService } from './overview/overview-plots.service.js';
import { OverviewController } from './overview/overview.controller.js';
import { HorizonService, OverviewService } from './overview/overview.service.js';
import { ProofQuery } from './overview/proof.query.js';
import { PeopleController } from './people/people.controller.js';
import { PersonErasureService } from './people/person-erasure.service.js';
import { PersonExportService } from './people/person-export.service.js';
import { PersonController } from './people/person.controller.js';
import { PersonService } from './people/person.service.js';
import { RefreshJobController } from './refresh-job/refresh-job.controller.js';
import { RefreshJobService } from './refresh-job/refresh-job.service.js';
import { WebhookActionsController } from './webhooks/webhook-actions.controller.js';
import { WebhookActionsService } from './webhooks/webhook-actions.service.js';
import { WebhookFactsService } from './webhooks/webhook-facts.service.js';
import { ConsoleWebhooksController } from './webhooks/webhooks.controller.js';
import { SandboxBankClient } from './sandbox/bank-control.client.js';
import { SandboxOpeningService } from './sandbox/sandbox-opening.service.js';
import { SandboxController } from './sandbox/sandbox.controller.js';
import { SandboxService } from './sandbox/sandbox.service.js';

/**
 * The pages for admins. Needs the ports `HubFigures`, `RefreshHistory`, `FigureHistory`, `InstanceHistory`, `PairRefresh`,
 * `RefreshPauses`, `ApiClientNames`, `ApiClientAdministration`, `RequestFigures`, `WebhookFigures` and `WebhookAdministration`.
 * The pages for admins. Needs the ports `HubFigures`, `RefreshHistory`, `PairRefresh`, `RefreshPauses`, `ApiClientNames`,
 * `CertificateExamination`, `VaultKeyAdministration` and `TimelineVerifications`.
 */
@Module({
  imports: [ConsentModule],
  // Paths with a name before paths with an id.
  controllers: [
    SignInController,
    OidcController,
    OverviewController,
    AttentionController,
    RefreshJobController,
    InstancesController,
    AuditController,
    ConsoleEventsController,
    BanksController,
    SecurityController,
    ConsentsController,
    ConsentController,
    PeopleController,
    PersonController,
    ClientsController,
    ClientController,
    ConsoleWebhooksController,
    WebhookActionsController,
    KeptAnswerController,
    SandboxController,
  ],
  providers: [
    ...[
      ConsoleSite,
      ConsoleSessionRepository,
      ConsoleLinkRepository,
      ConsoleSessionsJob,
      SignInService,
      OidcService,
    ],
    ...[
      AdminActionRepository,
      RecordedExportService,
      OverviewService,
      AttentionCountsQuery,
      HubConditionService,
      LiveOverviewService,
    ],
    ...[BanksService, BankActionsService],
    EventHistoryService,
    ...[HorizonService, OverviewPlotsService, ProofQuery, LatestEventsQuery],
    ...[InstanceRunsService, RefreshJobService],
    ...[
      AttentionNoteRepository,
      ConsentGroupsService,
      ShownConsentsService,
      HubCausesService,
      AttentionActionsService,
    ],
    ...[SandboxBankClient, SandboxService, SandboxOpeningService],
    ...[SecurityService, KeyListService, PastErasuresService, SecurityActionsService],
    ...[AttentionService, ConsentListingService, ConsentDetailService, ConsentActionsService],
    ...[ClientFactsService, ClientActionsService],
    ...[WebhookFactsService, WebhookActionsService],
    ...[PersonService, PersonExportService, PersonErasureService],
    ...[ConsentRelationsService, KeptAnswerService, TokenRequestSearch],
  ],
})
export class ConsoleModule {}
