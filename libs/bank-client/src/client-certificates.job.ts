import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { RecurringJob } from '@consent-hub/platform';
import { ClientCertificates } from './client-certificates.js';

/** Reloads and checks the client certificates: every few seconds, and at once on SIGHUP. */
@Injectable()
export class ClientCertificatesJob extends RecurringJob implements OnModuleInit, OnModuleDestroy {
  protected override readonly intervalMs = 10_000;
  private readonly onHangUp = (): void => void this.certificates.reload(true);

  constructor(private readonly certificates: ClientCertificates) {
    super();
  }

  onModuleInit(): void {
    process.on('SIGHUP', this.onHangUp);
  }

  onModuleDestroy(): void {
    process.off('SIGHUP', this.onHangUp);
  }

  protected override async work(): Promise<void> {
    await this.certificates.reload(false);
    this.certificates.check();
  }
}
