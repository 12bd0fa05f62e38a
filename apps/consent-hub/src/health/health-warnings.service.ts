import { ClientCertificates } from '@consent-hub/bank-client';
import { TimelinePartitions } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';

/** Conditions that need attention, although this instance serves requests. */
@Injectable()
export class HealthWarningsService {
  constructor(
    private readonly certificates: ClientCertificates,
    private readonly partitions: TimelinePartitions,
  ) {}

  list(): string[] {
    return [...this.certificates.warnings(), ...this.partitions.warnings()];
  }
}
