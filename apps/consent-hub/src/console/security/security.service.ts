import { CertificateExamination, type ExaminedClientCertificate } from '@consent-hub/bank-client';
import {
  ApiClientNames,
  ErasureRegister,
  TimelineVerifications,
  type PastErasure,
  type PastVerification,
} from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { AdminActionRepository } from '../audit/admin-action.repository.js';
import { KeyListService, type CountedKeys } from './key-list.service.js';

const VERIFICATIONS = 10;
const ERASURES = 20;

/** An erasure, with the words of the person where one did it in the console. */
export interface RegisteredErasure extends PastErasure {
  readonly why: string | null;
}

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
    private readonly erasures: ErasureRegister,
    private readonly names: ApiClientNames,
    private readonly actions: AdminActionRepository,
  ) {}

  /** @param before of the erasures */
  async read(before?: string): Promise<Security> {
    const asOf = new Date();
    const [certificates, keys, verifications, { items, next }] = await Promise.all([
      this.certificates.examine(),
      this.keys.read(),
      this.verifications.latest(VERIFICATIONS),
      this.erasures.page(ERASURES, before),
    ]);
    const actors = [
      ...verifications.map(({ requestedBy }) => requestedBy),
      ...items.map(({ actor }) => actor),
    ];
    const [clients, reasons] = await Promise.all([
      this.names.ofIds(actors.flatMap(clientIdOf)),
      this.actions.reasonsOf(items.flatMap(({ adminAction }) => adminAction ?? [])),
    ]);
    const erasures = items.map((one) => ({ ...one, why: reasons.get(one.adminAction ?? '') ?? null }));
    return { asOf, certificates, keys, verifications, erasures, next, clients };
  }
}
