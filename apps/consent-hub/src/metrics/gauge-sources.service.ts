import { Injectable } from '@nestjs/common';
import { ClientCertificates } from '@consent-hub/bank-client';
import { EventFigures, TimelinePartitions, WebhookFigures } from '@consent-hub/consent';

/** What gauges show of this process without asking the database. */
@Injectable()
export class GaugeSources {
  constructor(
    readonly certificates: ClientCertificates,
    readonly partitions: TimelinePartitions,
    readonly webhooks: WebhookFigures,
    readonly events: EventFigures,
  ) {}
}
