import { CertificateExamination, type ExaminedClientCertificate } from '@consent-hub/bank-client';
import { ApiClientNames, TimelineVerifications, type PastVerification } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { KeyListService, type CountedKeys } from './key-list.service.js';
import { PastErasuresService, type RegisteredErasure } from './past-erasures.service.js';

const VERIFICATIONS = 10;

/** What the page about certificates, keys, timelines and erasures shows. */
export interface Security {
  readonly asOf: Date;
  /** Of the hub that answers. */
  readonly certificates: readonly ExaminedClientCertificate[];
  readonly keys: CountedKeys;
  readonly verifications: readonly PastVerification[];
  readonly erasures: readonly RegisteredErasure[];
  /** For the erasures before these, as `erased_before`; null: there are none. */
  readonly next: string | null;
  /** Names of API clients by their ids. */
  readonly clients: ReadonlyMap<string, string>;
}

const clientIdOf = (actor: string | null): string[] =>
  actor?.startsWith('client:') ? [actor.slice('client:'.length)] : [];

@Injectable()
export class SecurityService {
  constructor(
    private readonly certificates: CertificateExamination,
    private readonly keys: KeyListService,
    private readonly verifications: TimelineVerifications,
    private readonly erasures: PastErasuresService,
    private readonly names: ApiClientNames,
  ) {}

  /** @param before of the erasures */
  async read(before?: string): Promise<Security> {
    const asOf = new Date();
    const [certificates, keys, verifications, { erasures, next }] = await Promise.all([
      this.certificates.examine(),
      this.keys.read(),
      this.verifications.latest(VERIFICATIONS),
      this.erasures.page(before),
    ]);
    const actors = [
      ...verifications.map(({ requestedBy }) => requestedBy),
      ...erasures.map(({ actor }) => actor),
    ];
    const clients = await this.names.ofIds(actors.flatMap(clientIdOf));
    return { asOf, certificates, keys, verifications, erasures, next, clients };
  }
}
