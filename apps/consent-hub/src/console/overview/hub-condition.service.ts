import { ClientCertificates, type ClientCertificate } from '@consent-hub/bank-client';
import { GrantStatus, SpoolHealth } from '@consent-hub/token-grant';
import { VaultKeys } from '@consent-hub/token-vault';
import { Injectable } from '@nestjs/common';

/** How the hub that answers stands by itself. */
export interface HubCondition {
  readonly certificates: readonly ClientCertificate[];
  readonly vaultKey: {
    readonly id: string;
    /** Since when it seals; null for a key of HUB_VAULT_KEYS that has no row. */
    readonly since: Date | null;
  };
  readonly spool: {
    readonly isWritable: boolean;
    readonly files: number;
    /** Answers of the bank that are not in the database yet. */
    readonly unsettledAnswers: number;
  };
  /** Pairs that no key opens, when this hub started. */
  readonly pairsOfUnknownKeys: number;
  /** On this database, this one among them. */
  readonly livingHubs: number;
  /** Whether the name of this hub was in use by another one. */
  readonly isDuplicate: boolean;
}

/** Reads what the hub knows of itself, without its database. */
@Injectable()
export class HubConditionService {
  constructor(
    private readonly certificates: ClientCertificates,
    private readonly keys: VaultKeys,
    private readonly spool: SpoolHealth,
    private readonly grants: GrantStatus,
  ) {}

  read(): HubCondition {
    const { unsettledAnswers, pairsOfUnknownKeys, livingHubs, isDuplicate } = this.grants.read();
    const id = this.keys.vault.currentKeyId;
    const row = this.keys.all.find((one) => one.id === id);
    return {
      certificates: this.certificates.list(),
      vaultKey: { id, since: row?.currentFrom ?? null },
      spool: { isWritable: this.spool.isWritable(), files: this.spool.files, unsettledAnswers },
      pairsOfUnknownKeys,
      livingHubs,
      isDuplicate,
    };
  }
}
