import { Module } from '@nestjs/common';
import { ConsentModule } from '@consent-hub/consent';
import { ConnectionsService } from './connections.service.js';
import { MyLinkController } from './my-link.controller.js';
import { MyPagesController } from './my-pages.controller.js';
import { MySharingController } from './my-sharing.controller.js';
import { PsuPages } from './psu-pages.js';
import { PsuSessionController } from './psu-session.controller.js';
import { PsuSessionExpiryJob } from './psu-session-expiry.job.js';
import { PsuSessionRepository } from './psu-session.repository.js';
import { PsuSessionService } from './psu-session.service.js';
import { SharingService } from './sharing.service.js';

/** The person's own pages. Needs the ports `ConsentWithdrawal`, `ConsentRenewal` and `ApiClientNames`. */
@Module({
  imports: [ConsentModule],
  controllers: [PsuSessionController, MyLinkController, MyPagesController, MySharingController],
  providers: [
    PsuSessionRepository,
    PsuSessionService,
    PsuSessionExpiryJob,
    ConnectionsService,
    SharingService,
    PsuPages,
  ],
})
export class PsuPagesModule {}
