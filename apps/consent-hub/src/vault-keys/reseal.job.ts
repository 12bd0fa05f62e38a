import {
  BEFORE_ALL,
  EventLoopLoad,
  RecurringJob,
  type ResealedRow,
  type SealedRow,
  type SealedValues,
} from '@consent-hub/platform';
import { TokenGrantSettings } from '@consent-hub/token-grant';
import {
  headOf,
  VaultError,
  VaultKeyRepository,
  VaultKeys,
  type SecretPurpose,
} from '@consent-hub/token-vault';
import { Injectable, Logger } from '@nestjs/common';
import { VaultSettings } from '../config/vault.settings.js';
import { SealedStores } from './sealed-stores.js';

/** Rows of a statement: opened and sealed anew in a few milliseconds, during which this process does nothing else. */
const BATCH = 200;
/** Rows that a statement looks at where the last ones needed nothing. */
const SCANNED_AT_ONCE = 20_000;
/** A busy hub seals at least this share of its rate anew: it takes longer, and never stops. */
const LEAST_SHARE = 1 / 8;

/** How far one pass over all stores has come. */
interface Pass {
  readonly keyId: string;
  store: number;
  /** The last row that was read; the next ones have greater ids. */
  after: string;
  /** Rows that the next statement looks at. */
  scan: number;
  /** Rows that it found and that another key could have opened. */
  found: number;
  failed: number;
}

/**
 * Seals values anew with the current data key, where an admin asked for that: by one hub at a time, which holds a lease, so many
 * values a second, fewer while its process is busy. Its progress is seen from the values themselves, so a hub that takes over after the end of another continues with the rest.
 * A row that was written in the meantime stays as it is and is found by the next pass, if need be: it has ended with a pass
 * that finds nothing.
 */
@Injectable()
export class ResealJob extends RecurringJob {
  protected readonly intervalMs = 1_000;
  private readonly logger = new Logger(ResealJob.name);
  private readonly load = new EventLoopLoad();
  private pass: Pass | null = null;

  constructor(
    private readonly keys: VaultKeys,
    private readonly repository: VaultKeyRepository,
    private readonly stores: SealedStores,
    private readonly settings: VaultSettings,
    private readonly grants: TokenGrantSettings,
  ) {
    super();
  }

  protected override async work(): Promise<void> {
    this.load.measure();
    const current = this.keys.find('current');
    if (!current?.resealRequestedAt || current.resealEndedAt) {
      this.pass = null;
      return;
    }
    const { id } = current;
    // Not while some hub at work does not have it.
    if (this.keys.vault.currentKeyId !== id || !(await this.repository.leaseReseal(id, this.grants.owner)))
      return;
    if (this.pass?.keyId !== id) this.pass = newPass(id);
    const most = this.settings.VAULT_RESEAL_PER_SECOND * this.load.share(LEAST_SHARE);
    for (let left = Math.ceil(most); left > 0;) {
      const store = this.stores.all[this.pass.store];
      if (!store) {
        if (await this.endPass(this.pass)) return;
        this.pass = newPass(id);
        continue;
      }
      const { length: valuesARow } = store.column.columns;
      left -=
        valuesARow * (await this.batch(store, this.pass, Math.min(BATCH, Math.ceil(left / valuesARow))));
    }
  }

  /** @returns how many rows were read */
  private async batch(store: SealedValues, pass: Pass, limit: number): Promise<number> {
    const { rows, next } = await store.after(pass.after, headOf(pass.keyId), { scan: pass.scan, limit });
    const resealed = rows.flatMap((row) => this.reseal(store, row) ?? []);
    pass.failed += rows.length - resealed.length;
    pass.found += resealed.length;
    if (resealed.length > 0) await this.note(pass, await store.replace(resealed, pass.keyId), false);
    // Where nothing is left to do, it looks further at once.
    pass.scan = rows.length > 0 ? BATCH : SCANNED_AT_ONCE;
    if (next === null) Object.assign(pass, { store: pass.store + 1, after: BEFORE_ALL });
    else pass.after = next;
    return rows.length;
  }

  /** @returns null for what does not open here */
  private reseal({ column: { columns } }: SealedValues, row: SealedRow): ResealedRow | null {
    const { vault } = this.keys;
    try {
      const resealed = row.values.map((sealed, n) => {
        const purpose = columns[n]?.purpose as SecretPurpose;
        const binding = { consentId: row.consentId, generation: row.generation, purpose };
        return vault.seal(vault.open(sealed, binding), binding);
      });
      return { ...row, resealed };
    } catch (error) {
      if (error instanceof VaultError) return null;
      throw error;
    }
  }

  /** @returns whether nothing is left */
  private async endPass(pass: Pass): Promise<boolean> {
    if (pass.found > 0) return false;
    await this.note(pass, 0, true);
    this.pass = null;
    const { keyId, failed } = pass;
    if (failed > 0)
      this.logger.error({ msg: 'values were left: no key of this hub opens them', keyId, failed });
    this.logger.log({ msg: 'all values are sealed with the current data key', keyId });
    await this.keys.reload();
    return true;
  }

  private note({ keyId, failed }: Pass, resealed: number, isOver: boolean): Promise<void> {
    return this.repository.noteResealed(keyId, this.grants.owner, { resealed, failed, isOver });
  }
}

const newPass = (keyId: string): Pass => ({
  keyId,
  store: 0,
  after: BEFORE_ALL,
  scan: BATCH,
  found: 0,
  failed: 0,
});
