import { Injectable, Logger } from '@nestjs/common';
import { describeError, newId, newRequestId, plainArray, runNamed } from '@consent-hub/platform';
import type { Brand, Scope } from '@consent-hub/psd2-protocol';
import { TokenVault } from '@consent-hub/token-vault';
import { DataSource } from 'typeorm';
import { FailoverPause } from '../request/failover-pause.service.js';
import { OwnRequests } from '../request/own-requests.registry.js';
import { CLAIM_AT_RANDOM, CLAIM_DOUBTFUL, CLAIM_DUE } from '../request/claim.statements.js';
import { fromRow, type ReservedRequest, type ReservedRow } from '../request/reserved-request.js';
import { stopwatch } from '../request/stopwatch.js';
import { TokenGrants } from './token-grants.service.js';
import type { GrantEnd } from './verdict.js';

/** The scan begins at the oldest due time again this often, to find what is below the lower bound. */
const RESCAN_MS = 10_000;

const FROM_THE_START = '-infinity';

/** What one claim has picked, the first row with what is true of all; that one alone, with nulls, where nothing is due. */
type ClaimRow = PickedRow | (Partial<Record<keyof PickedRow, null>> & { readonly nth: null });

interface PickedRow {
  readonly nth: number;
  readonly consent_id: string;
  readonly generation: number;
  readonly refresh_token: Buffer;
  readonly scope: Scope;
  readonly is_reserved: boolean;
}

interface CommonToAll {
  readonly latest: string | null;
  readonly run: string;
  readonly sent_at: Date;
  readonly lease_ends_at: Date;
}

/** The due time at which the next claim of a brand starts. */
interface LowerBound {
  dueAt: string;
  isRecent: () => boolean;
}

/** A due refresh that is this process's to make. Run it at once: unsent, it is given up after some seconds. */
export class ClaimedRefresh {
  constructor(
    private readonly grants: TokenGrants,
    private readonly reserved: ReservedRequest,
  ) {}

  get consentId(): string {
    return this.reserved.request.consentId;
  }

  /**
   * Sends and settles. Throws for nothing that a bank may answer.
   *
   * @param answered called once the bank has answered, if it was asked: what remains is the database's work
   */
  run(answered: () => void = () => undefined): Promise<GrantEnd> {
    return this.grants.runClaimed(this.reserved, answered);
  }

  /** Instead of the run: it is not sent, and another process may claim it soon. */
  giveBack(): Promise<void> {
    return this.grants.giveBack(this.reserved);
  }
}

/** Refreshes that are due, handed out to one process each. Nothing but Postgres is agreed with other replicas. */
@Injectable()
export class DueRefreshes {
  private readonly logger = new Logger(DueRefreshes.name);
  private readonly lowerBounds = new Map<Brand, LowerBound>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly grants: TokenGrants,
    private readonly pause: FailoverPause,
    private readonly own: OwnRequests,
    private readonly vault: TokenVault,
  ) {}

  /**
   * Claims up to `limit` due refreshes of a brand, the longest due first. When this resolves, each is in the journal, and no
   * other process can make it. It claims none while a database server that took over may believe spent pairs to be current,
   * or while the spool cannot be written.
   *
   * @param atRandom instead of the longest due first, so that failing refreshes with the oldest due times do not block all others
   */
  async claim(brand: Brand, limit: number, { atRandom = false } = {}): Promise<ClaimedRefresh[]> {
    if (limit < 1) return [];
    await this.pause.ready();
    const { run } = this.pause;
    if (run === null) return [];
    const [ids, requestIds] = namesFor(limit);
    const isFresh = this.pause.freshness(run);
    const { rows, uncommon } = await this.reserving(ids, () =>
      this.pick(brand, atRandom, run, ids, requestIds),
    );
    const { owner } = this.own.settings;
    const claimed = rows.map(({ id, requestId, row, common }) => {
      const request = {
        id,
        requestId,
        consentId: row.consent_id,
        brand,
        grantType: 'refresh_token' as const,
        expectedGeneration: row.generation,
        probeOf: null,
        owner,
        sentAt: common.sent_at,
        leaseEndsAt: common.lease_ends_at,
        callerRequestId: null,
      };
      const spends = { refreshToken: row.refresh_token };
      return new ClaimedRefresh(this.grants, { isFresh, request, scope: row.scope, spends });
    });
    return uncommon.length === 0 ? claimed : [...claimed, ...(await this.claimDoubtful(uncommon, run))];
  }

  /** Ids that the statement has not reserved are free again; after a failure this is unknown. */
  private async reserving<T extends { readonly rows: readonly { readonly id: string }[] }>(
    ids: readonly string[],
    work: () => Promise<T>,
  ): Promise<T> {
    this.own.reserve(ids);
    try {
      const result = await work();
      const reserved = new Set(result.rows.map(({ id }) => id));
      this.own.release(ids.filter((id) => !reserved.has(id)));
      return result;
    } catch (error) {
      this.own.abandon(ids);
      throw error;
    }
  }

  /** What one claim has picked: what it has reserved, and the consents that `claimDoubtful` decides. */
  private async pick(brand: Brand, atRandom: boolean, run: string, ids: string[], requestIds: string[]) {
    const { owner, leaseSeconds } = this.own.settings;
    const lowerBound = atRandom ? null : this.lowerBoundOf(brand);
    const names = [plainArray(ids), plainArray(requestIds)];
    const values = [
      brand,
      lowerBound?.dueAt ?? FROM_THE_START,
      ids.length,
      ...names,
      owner,
      leaseSeconds,
      run,
      plainArray(this.vault.keyIds),
    ];
    const statement = atRandom ? CLAIM_AT_RANDOM : CLAIM_DUE;
    const found = await runNamed<ClaimRow & CommonToAll>(this.dataSource, statement, values);
    const [common] = found;
    if (!common) throw new Error('a claim gives at least one row');
    this.pause.saw(common.run);
    if (lowerBound && common.latest !== null) lowerBound.dueAt = common.latest;
    const rows: { id: string; requestId: string; row: PickedRow; common: CommonToAll }[] = [];
    const uncommon: string[] = [];
    for (const row of found) {
      if (row.nth === null) continue;
      const [id, requestId] = [ids[row.nth - 1], requestIds[row.nth - 1]];
      if (id === undefined || requestId === undefined)
        throw new Error('a claim gives no more than it was asked for');
      if (row.is_reserved) rows.push({ id, requestId, row, common });
      else uncommon.push(row.consent_id);
    }
    return { rows, uncommon };
  }

  /** Claims those that the common statement does not reserve: in doubt, or ended. What fails here is due again; what was claimed before must run. */
  private async claimDoubtful(consentIds: readonly string[], run: string): Promise<ClaimedRefresh[]> {
    const { owner, leaseSeconds } = this.own.settings;
    const isFresh = this.pause.freshness(run);
    const [ids, requestIds] = namesFor(consentIds.length);
    const values = [consentIds, ids, requestIds, owner, leaseSeconds, this.pause.latestMs, run];
    try {
      const { rows } = await this.reserving(ids, async () => ({
        rows: await runNamed<ReservedRow>(this.dataSource, CLAIM_DOUBTFUL, values),
      }));
      return rows.map((row) => new ClaimedRefresh(this.grants, { isFresh, ...fromRow(row) }));
    } catch (error) {
      this.logger.warn({ msg: 'doubtful refreshes not claimed', error: describeError(error) });
      return [];
    }
  }

  /** What was due before has been claimed, or is being claimed by another; what became due late is found by the next scan. */
  private lowerBoundOf(brand: Brand): LowerBound {
    let lowerBound = this.lowerBounds.get(brand);
    if (!lowerBound?.isRecent()) {
      lowerBound = { dueAt: FROM_THE_START, isRecent: stopwatch(RESCAN_MS) };
      this.lowerBounds.set(brand, lowerBound);
    }
    return lowerBound;
  }
}

/** Ids and Request-IDs for so many requests. */
const namesFor = (count: number): [string[], string[]] => [
  Array.from({ length: count }, newId),
  Array.from({ length: count }, newRequestId),
];
