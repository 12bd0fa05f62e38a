import { Injectable } from '@nestjs/common';
import { ClientCertificates, type ClientCertificate } from '@consent-hub/bank-client';
import { HubEvents } from '@consent-hub/consent';
import { RecurringJob } from '@consent-hub/platform';
import { DataSource } from 'typeorm';

/** So many days before the end of a certificate in use an event is recorded, one for each number. */
const EXPIRY_DAYS = [1, 7, 14, 30] as const;
const DAY_SECONDS = 86_400;

/** Records an event when a client certificate is about to expire. Of all hubs that see the same certificate, one does. */
@Injectable()
export class CertificateExpiryJob extends RecurringJob {
  protected override readonly intervalMs = 60_000;
  /** The events that this process has recorded. */
  private readonly recorded = new Set<string>();

  constructor(
    private readonly certificates: ClientCertificates,
    private readonly hubEvents: HubEvents,
    private readonly dataSource: DataSource,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    for (const certificate of this.certificates.list()) await this.record(certificate);
  }

  /** One whose earlier steps were missed, or that never lasted as long, gets the step that applies to the days it has left. */
  private async record({
    brand,
    fingerprint,
    subject,
    notAfter,
    secondsLeft,
  }: ClientCertificate): Promise<void> {
    const days = EXPIRY_DAYS.find((each) => secondsLeft <= each * DAY_SECONDS);
    const fact = `certificate_expiring:${brand}:${fingerprint}:${days}`;
    if (days === undefined || this.recorded.has(fact)) return;
    const data = { brand, days, subject, fingerprint, not_after: notAfter.toISOString() };
    await this.dataSource.transaction((tx) =>
      this.hubEvents.record(tx, 'hub.certificate_expiring', data, fact),
    );
    this.recorded.add(fact);
  }
}
